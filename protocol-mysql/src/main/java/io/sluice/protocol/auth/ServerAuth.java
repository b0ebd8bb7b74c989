// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of one plugin, as the server: takes the client's packets and comes to a verdict. Made for one attempt;
 * confined to the connection's event loop.
 */
public abstract sealed class ServerAuth {
    /** The bytes that mark a packet as data for the plugin's other half. */
    public static final int MORE_DATA_HEADER = 0x01;

    /** The first byte of what parsec's server side sends of an account. */
    public static final int PARSEC_HEADER = Parsec.PBKDF2;

    static final int FAST_AUTH_SUCCESS = 3;
    static final int PERFORM_FULL_AUTHENTICATION = 4;
    static final int REQUEST_PUBLIC_KEY = 2;

    private static final byte[] NOTHING = {};

    final Credentials credentials;
    final Scramble scramble;

    private ServerAuth(Credentials credentials, Scramble scramble) {
        this.credentials = credentials;
        this.scramble = scramble;
    }

    public enum Outcome {
        ACCEPTED,
        DENIED,
        /** The client has to answer first. */
        UNDECIDED
    }

    /** An outcome, and the payload of a packet to send first, empty if there is none. */
    public record Verdict(Outcome outcome, byte[] payload) {
        static final Verdict ACCEPTED = new Verdict(Outcome.ACCEPTED, NOTHING);
        static final Verdict DENIED = new Verdict(Outcome.DENIED, NOTHING);

        static Verdict of(boolean accepted) {
            return accepted ? ACCEPTED : DENIED;
        }
    }

    /**
     * Starts an exchange. The plugin must be one that the credentials can check.
     *
     * @param user as the client calls itself, whether there is one or not
     */
    public static ServerAuth start(
            AuthPlugin plugin,
            String user,
            Credentials credentials,
            Scramble scramble,
            boolean secure,
            RsaKeySource keys) {
        return switch (plugin) {
            case MYSQL_NATIVE_PASSWORD -> new Native(credentials, scramble);
            case CACHING_SHA2_PASSWORD -> new CachingSha2(credentials, scramble, secure, keys);
            case SHA256_PASSWORD -> throw new IllegalArgumentException("as the client only");
            case MYSQL_CLEAR_PASSWORD -> {
                if (!secure) {
                    throw new IllegalArgumentException("mysql_clear_password without TLS");
                }
                yield new Clear(credentials, scramble);
            }
            case PARSEC -> new ParsecVerifier(credentials, scramble, Parsec.salt(user));
        };
    }

    /** What the client's next data can not be judged without; null if it can be. */
    public @Nullable CompletableFuture<?> missing() {
        return null;
    }

    /** Takes the client's next data, unless something is {@link #missing}; does not keep the buffer. */
    public abstract Verdict respond(ByteBuf data);

    /** Whether the client's first data holds a password at all, for the text of the refusal. */
    public static boolean hasPassword(ByteBuf data) {
        return !isEmptyPassword(data);
    }

    /** Clients send an empty password as nothing, or, caching_sha2 and clear, as the NUL at its end. */
    private static boolean isEmptyPassword(ByteBuf data) {
        int length = data.readableBytes();
        return length == 0 || (length == 1 && data.getByte(data.readerIndex()) == 0);
    }

    /** The password in front of the NUL that ends it; without the NUL, nothing is proven. */
    final Verdict judgeClear(byte[] nulTerminated) {
        int length = nulTerminated.length - 1;
        if (length < 0 || nulTerminated[length] != 0) {
            return Verdict.DENIED;
        }
        return Verdict.of(credentials.acceptsClear(Arrays.copyOf(nulTerminated, length)));
    }

    private static final class Native extends ServerAuth {
        Native(Credentials credentials, Scramble scramble) {
            super(credentials, scramble);
        }

        @Override
        public Verdict respond(ByteBuf data) {
            if (isEmptyPassword(data)) {
                return Verdict.of(credentials.acceptsClear(NOTHING));
            }
            return Verdict.of(credentials.acceptsNative(ByteBufUtil.getBytes(data), scramble));
        }
    }

    private static final class Clear extends ServerAuth {
        Clear(Credentials credentials, Scramble scramble) {
            super(credentials, scramble);
        }

        @Override
        public Verdict respond(ByteBuf data) {
            return judgeClear(ByteBufUtil.getBytes(data));
        }
    }

    private static final class ParsecVerifier extends ServerAuth {
        private final byte[] salt;
        /** Made while the client makes its own; null until it has been sent the salt. */
        private @Nullable CompletableFuture<Parsec.Keys> keys;

        ParsecVerifier(Credentials credentials, Scramble scramble, byte[] salt) {
            super(credentials, scramble);
            this.salt = salt;
        }

        @Override
        public @Nullable CompletableFuture<?> missing() {
            return keys == null || keys.isDone() ? null : keys;
        }

        @Override
        public Verdict respond(ByteBuf data) {
            if (keys != null) {
                return Verdict.of(keys.join().signed(ByteBufUtil.getBytes(data), scramble));
            }
            keys = credentials.parsecKeys(salt);
            return new Verdict(Outcome.UNDECIDED, Parsec.message(salt));
        }
    }

    private static final class CachingSha2 extends ServerAuth {
        private final boolean secure;
        private final RsaKeySource keys;
        private boolean full;
        private boolean keySent;

        CachingSha2(Credentials credentials, Scramble scramble, boolean secure, RsaKeySource keys) {
            super(credentials, scramble);
            this.secure = secure;
            this.keys = keys;
        }

        @Override
        public Verdict respond(ByteBuf data) {
            if (full) {
                return fullExchange(ByteBufUtil.getBytes(data));
            }
            if (isEmptyPassword(data)) {
                return Verdict.of(credentials.acceptsClear(NOTHING));
            }
            if (credentials.acceptsFast(ByteBufUtil.getBytes(data), scramble)) {
                return new Verdict(Outcome.ACCEPTED, new byte[] {MORE_DATA_HEADER, FAST_AUTH_SUCCESS});
            }
            if (credentials.canCheckFast() && !credentials.isOpen()) {
                return Verdict.DENIED;
            }
            full = true;
            return new Verdict(Outcome.UNDECIDED, new byte[] {MORE_DATA_HEADER, PERFORM_FULL_AUTHENTICATION});
        }

        @Override
        public @Nullable CompletableFuture<?> missing() {
            return full && !secure && !keys.get().isDone() ? keys.get() : null;
        }

        private Verdict fullExchange(byte[] data) {
            if (secure) {
                return judgeClear(data);
            }
            if (!keySent && data.length == 1 && data[0] == REQUEST_PUBLIC_KEY) {
                keySent = true;
                return new Verdict(Outcome.UNDECIDED, moreData(keys.get().join().publicPem()));
            }
            byte[] clear = keys.get().join().decrypt(data, scramble);
            return clear == null ? Verdict.DENIED : judgeClear(clear);
        }

        private static byte[] moreData(byte[] data) {
            byte[] payload = new byte[data.length + 1];
            payload[0] = MORE_DATA_HEADER;
            System.arraycopy(data, 0, payload, 1, data.length);
            return payload;
        }
    }
}
