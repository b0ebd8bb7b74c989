// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

/** A password: a value that never shows itself in logs or messages. Whoever needs the text says so with {@link #reveal()}. */
public final class Secret {
    public static final Secret EMPTY = new Secret("");

    private final String text;

    public Secret(String text) {
        this.text = text;
    }

    public String reveal() {
        return text;
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }
}
