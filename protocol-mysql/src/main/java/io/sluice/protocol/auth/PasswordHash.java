// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A password as servers store it, the {@code authentication_string} of an account: of mysql_native_password
 * ({@code *} and 40 hex digits) or of caching_sha2_password ({@code $A$}, rounds, salt and digest, whose salt may be any
 * bytes; hence also as {@code 0x} and hex digits, the way SHOW CREATE USER prints it). Immutable.
 */
public final class PasswordHash {
    private static final int NATIVE_LENGTH = 41;
    private static final Pattern HEX = Pattern.compile("0x((?:[0-9A-Fa-f]{2})+)");
    /** Three hex digits stand for thousands of rounds. */
    private static final Pattern SHA2 =
            Pattern.compile("\\$A\\$([0-9A-Fa-f]{3})\\$(.{20})([./0-9A-Za-z]{43})", Pattern.DOTALL);

    private static final int ROUNDS_UNIT = 1000;
    /** What the servers allow at most. */
    private static final int MAX_ROUNDS = 0xfff;

    private final byte[] digest;
    private final byte @Nullable [] salt;
    private final int rounds;

    private PasswordHash(byte[] digest, byte @Nullable [] salt, int rounds) {
        this.digest = digest;
        this.salt = salt;
        this.rounds = rounds;
    }

    /** Empty if it is no such text. */
    public static Optional<PasswordHash> parse(String text) {
        byte[] digest = nativeDigest(text);
        if (digest != null) {
            return Optional.of(new PasswordHash(digest, null, 0));
        }
        Matcher hex = HEX.matcher(text);
        byte[] stored = hex.matches() ? HexFormat.of().parseHex(hex.group(1)) : text.getBytes(StandardCharsets.UTF_8);
        Matcher sha2 = SHA2.matcher(new String(stored, StandardCharsets.ISO_8859_1));
        if (!sha2.matches()) {
            return Optional.empty();
        }
        int thousands = Integer.parseInt(sha2.group(1), 16);
        if (thousands == 0 || thousands > MAX_ROUNDS) {
            return Optional.empty();
        }
        return Optional.of(new PasswordHash(
                sha2.group(3).getBytes(StandardCharsets.ISO_8859_1),
                sha2.group(2).getBytes(StandardCharsets.ISO_8859_1),
                thousands * ROUNDS_UNIT));
    }

    /** Without a pattern: lists of users are made of nothing else. */
    private static byte @Nullable [] nativeDigest(String text) {
        if (text.length() != NATIVE_LENGTH || text.charAt(0) != '*') {
            return null;
        }
        byte[] digest = new byte[NATIVE_LENGTH / 2];
        for (int i = 0; i < digest.length; i++) {
            char high = text.charAt(2 * i + 1);
            char low = text.charAt(2 * i + 2);
            if (!HexFormat.isHexDigit(high) || !HexFormat.isHexDigit(low)) {
                return null;
            }
            digest[i] = (byte) (HexFormat.fromHexDigit(high) << 4 | HexFormat.fromHexDigit(low));
        }
        return digest;
    }

    /** What mysql_native_password stores of that password. */
    public static PasswordHash ofNative(Password password) {
        return new PasswordHash(Digests.hash(Digests.SHA1, password.sha1()), null, 0);
    }

    /** The text that {@link #parse} makes this of. Not for logs: who has it may guess the password. */
    public String stored() {
        HexFormat hex = HexFormat.of().withUpperCase();
        if (salt == null) {
            return "*" + hex.formatHex(digest);
        }
        String head = String.format(Locale.ROOT, "$A$%03X$", rounds / ROUNDS_UNIT);
        return "0x" + hex.formatHex(head.getBytes(StandardCharsets.US_ASCII)) + hex.formatHex(salt)
                + hex.formatHex(digest);
    }

    /** SHA1(SHA1(password)), if that is what it is: enough to check a proof of mysql_native_password. */
    public Optional<byte[]> nativeDigest() {
        return salt == null ? Optional.of(digest.clone()) : Optional.empty();
    }

    /** Whether it is that password's. Takes milliseconds by design: not on an event loop. */
    public boolean fits(Password password) {
        byte[] made = salt == null
                ? Digests.hash(Digests.SHA1, password.sha1())
                : Sha2Crypt.digest(password.utf8(), salt, rounds);
        return MessageDigest.isEqual(made, digest);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PasswordHash that
                && rounds == that.rounds
                && Arrays.equals(digest, that.digest)
                && Arrays.equals(salt, that.salt);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    @Override
    public String toString() {
        return "PasswordHash[hidden]";
    }
}
