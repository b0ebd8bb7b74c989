// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.protocol.ProtocolException;
import java.security.GeneralSecurityException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of one plugin, as the client of a backend. Made for one attempt; confined to the connection's event
 * loop.
 */
public abstract sealed class ClientAuth {
    final Password password;
    final Scramble scramble;

    private ClientAuth(Password password, Scramble scramble) {
        this.password = password;
        this.scramble = scramble;
    }

    /**
     * Starts an exchange.
     *
     * @param mayAskForKey whether a public key that the server sends may be trusted. Someone between us and the server
     *     could send a key of their own and read the password, so only where TLS is switched off on purpose.
     * @throws AuthException if the plugin would show the password without TLS
     */
    public static ClientAuth start(
            AuthPlugin plugin, Password password, Scramble scramble, boolean tls, boolean mayAskForKey)
            throws AuthException {
        if (!password.hasText() && plugin != AuthPlugin.MYSQL_NATIVE_PASSWORD) {
            throw new AuthException(plugin, "needs the password, of which only a digest is known here");
        }
        return switch (plugin) {
            case MYSQL_NATIVE_PASSWORD -> new Native(password, scramble);
            case CACHING_SHA2_PASSWORD -> new CachingSha2(password, scramble, tls, mayAskForKey);
            case SHA256_PASSWORD -> new Sha256(plugin, password, scramble, tls, mayAskForKey);
            case MYSQL_CLEAR_PASSWORD -> {
                if (!tls) {
                    throw new AuthException(plugin, "the server wants the password in clear, which needs TLS");
                }
                yield new Clear(password, scramble);
            }
            case PARSEC -> new ParsecSigner(password, scramble);
        };
    }

    /** The first data, for the handshake response or the answer to an auth switch. */
    public abstract byte[] firstData() throws AuthException;

    /**
     * Takes what the server sent in answer; does not keep the buffer. Returns the reply, which may take another thread
     * a while, or null for none.
     */
    public @Nullable CompletableFuture<byte[]> reply(ByteBuf data) throws AuthException {
        throw new ProtocolException("the server sent more data than its auth plugin knows");
    }

    private static final class Native extends ClientAuth {
        Native(Password password, Scramble scramble) {
            super(password, scramble);
        }

        @Override
        public byte[] firstData() {
            return Digests.nativeProof(password, scramble);
        }
    }

    private static final class Clear extends ClientAuth {
        Clear(Password password, Scramble scramble) {
            super(password, scramble);
        }

        @Override
        public byte[] firstData() {
            return password.nulTerminated();
        }
    }

    private static final class ParsecSigner extends ClientAuth {
        ParsecSigner(Password password, Scramble scramble) {
            super(password, scramble);
        }

        /** Nothing, which asks for the account's salt. */
        @Override
        public byte[] firstData() {
            return new byte[0];
        }

        @Override
        public CompletableFuture<byte[]> reply(ByteBuf data) throws AuthException {
            byte[] message = ByteBufUtil.getBytes(data);
            try {
                Parsec.requireKnown(message);
            } catch (GeneralSecurityException e) {
                throw new AuthException(AuthPlugin.PARSEC, String.valueOf(e.getMessage()));
            }
            return password.parsecSeed(message).thenApplyAsync(seed -> Parsec.respond(seed, scramble));
        }
    }

    /** What both SHA-256 plugins do when the server wants the whole password. */
    private abstract static sealed class FullExchange extends ClientAuth {
        private final AuthPlugin plugin;
        private final boolean tls;
        private final boolean mayAskForKey;
        private boolean keyRequested;

        private FullExchange(
                AuthPlugin plugin, Password password, Scramble scramble, boolean tls, boolean mayAskForKey) {
            super(password, scramble);
            this.plugin = plugin;
            this.tls = tls;
            this.mayAskForKey = mayAskForKey;
        }

        final byte[] wholePassword(int keyRequest) throws AuthException {
            if (tls || password.isEmpty()) {
                return password.nulTerminated();
            }
            if (!mayAskForKey) {
                throw new AuthException(
                        plugin,
                        "the server wants the whole password and offers no TLS; enable TLS there, or allow the exchange"
                                + " of an unverified RSA key by setting the TLS mode to disabled");
            }
            keyRequested = true;
            return new byte[] {(byte) keyRequest};
        }

        @Override
        public final @Nullable CompletableFuture<byte[]> reply(ByteBuf data) throws AuthException {
            byte[] reply = keyRequested ? encrypted(data) : replyToMessage(data);
            return reply == null ? null : CompletableFuture.completedFuture(reply);
        }

        private byte[] encrypted(ByteBuf data) throws AuthException {
            keyRequested = false;
            try {
                return RsaKeys.encrypt(password, scramble, ByteBufUtil.getBytes(data));
            } catch (GeneralSecurityException e) {
                throw new AuthException(plugin, "can not use the server's RSA key: " + e.getMessage());
            }
        }

        abstract byte @Nullable [] replyToMessage(ByteBuf data) throws AuthException;
    }

    private static final class CachingSha2 extends FullExchange {
        CachingSha2(Password password, Scramble scramble, boolean tls, boolean mayAskForKey) {
            super(AuthPlugin.CACHING_SHA2_PASSWORD, password, scramble, tls, mayAskForKey);
        }

        @Override
        public byte[] firstData() {
            return Digests.sha2Proof(password, scramble);
        }

        @Override
        byte @Nullable [] replyToMessage(ByteBuf data) throws AuthException {
            int message = data.readableBytes() == 1 ? data.getByte(data.readerIndex()) : -1;
            return switch (message) {
                case ServerAuth.FAST_AUTH_SUCCESS -> null; // an OK packet follows
                case ServerAuth.PERFORM_FULL_AUTHENTICATION -> wholePassword(ServerAuth.REQUEST_PUBLIC_KEY);
                default -> throw new ProtocolException("caching_sha2_password: unknown message of the server");
            };
        }
    }

    private static final class Sha256 extends FullExchange {
        private static final int REQUEST_PUBLIC_KEY = 1;

        Sha256(AuthPlugin plugin, Password password, Scramble scramble, boolean tls, boolean mayAskForKey) {
            super(plugin, password, scramble, tls, mayAskForKey);
        }

        @Override
        public byte[] firstData() throws AuthException {
            return wholePassword(REQUEST_PUBLIC_KEY);
        }

        @Override
        byte[] replyToMessage(ByteBuf data) {
            throw new ProtocolException("sha256_password: unknown message of the server");
        }
    }
}
