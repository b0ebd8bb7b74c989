// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A password that Sluice knows in clear. Has neither equals nor a text form, so that it ends up in no log. */
public final class Password {
    public static final Password EMPTY = of("");

    private final byte[] utf8;

    private Password(byte[] utf8) {
        this.utf8 = utf8;
    }

    public static Password of(String text) {
        return new Password(text.getBytes(StandardCharsets.UTF_8));
    }

    public boolean isEmpty() {
        return utf8.length == 0;
    }

    byte[] utf8() {
        return utf8;
    }

    /** The form in which it travels when something else protects it: with a NUL at the end. */
    byte[] nulTerminated() {
        return Arrays.copyOf(utf8, utf8.length + 1);
    }

    @Override
    public String toString() {
        return "Password[hidden]";
    }
}
