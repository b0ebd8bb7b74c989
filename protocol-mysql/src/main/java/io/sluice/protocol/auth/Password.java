// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What Sluice knows of a password: its text, or only SHA1(text), which is enough for mysql_native_password. Has neither
 * equals nor a text form, so that it ends up in no log. Any thread; what it holds may be replaced or erased.
 */
public final class Password {
    public static final Password EMPTY = of("");

    /** What is in the place of a digest that nobody has shown yet; another in each process. */
    private static final byte[] NOBODYS = new byte[20];

    static {
        new SecureRandom().nextBytes(NOBODYS);
    }

    private volatile Known known;
    private volatile boolean unknown;
    private volatile boolean erased;

    /** @param utf8 null if only the digest is known; the arrays are never handed out for writing */
    private record Known(byte @Nullable [] utf8, byte[] sha1, ParsecSeeds seeds) {
        Known(byte @Nullable [] utf8, byte[] sha1) {
            this(utf8, sha1, new ParsecSeeds());
        }
    }

    private Password(Known known) {
        this.known = known;
    }

    public static Password of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Copies the bytes, which are the text without a NUL. */
    public static Password of(byte[] utf8) {
        return new Password(new Known(utf8.clone(), Digests.hash(Digests.SHA1, utf8)));
    }

    /** Of a password of which only SHA1(text) is known; copies the bytes. */
    public static Password ofSha1(byte[] sha1) {
        return new Password(new Known(null, sha1.clone()));
    }

    /** Of a password that nobody has shown yet: nothing fits it until it becomes another one. */
    public static Password unknown() {
        Password password = new Password(new Known(null, NOBODYS.clone()));
        password.unknown = true;
        return password;
    }

    /** Another object with its own copy of the same secret. */
    public Password copy() {
        Known current = known;
        return current.utf8 == null ? ofSha1(current.sha1) : of(current.utf8);
    }

    /** From now on, this is the other's secret: who logs in with this one next uses that. */
    public void become(Password other) {
        known = other.copy().known;
        unknown = false;
    }

    /** Overwrites the secret with zeros; nobody can log in with it any more. */
    public void erase() {
        erased = true;
        Known last = known;
        last.seeds.erase();
        Arrays.fill(last.sha1, (byte) 0);
        if (last.utf8 != null) {
            Arrays.fill(last.utf8, (byte) 0);
        }
    }

    public boolean isUnknown() {
        return unknown;
    }

    public boolean isErased() {
        return erased;
    }

    /** Whether both stand for the same text; takes as long for different ones. */
    public boolean sameAs(Password other) {
        return MessageDigest.isEqual(known.sha1, other.known.sha1);
    }

    /** Whether the text is known and not only a digest. */
    public boolean hasText() {
        return known.utf8 != null;
    }

    public boolean isEmpty() {
        byte[] text = known.utf8;
        return text != null && text.length == 0;
    }

    byte[] utf8() {
        byte[] text = known.utf8;
        if (text == null) {
            throw new IllegalStateException("only a digest of this password is known");
        }
        return text;
    }

    /** What parsec makes of the text for an account of which the server sent that; made once, on another thread. */
    CompletableFuture<byte[]> parsecSeed(byte[] message) {
        return known.seeds.of(message, utf8());
    }

    byte[] sha1() {
        return known.sha1;
    }

    /** The form in which it travels when something else protects it: with a NUL at the end. */
    byte[] nulTerminated() {
        byte[] text = utf8();
        return Arrays.copyOf(text, text.length + 1);
    }

    @Override
    public String toString() {
        return "Password[hidden]";
    }
}
