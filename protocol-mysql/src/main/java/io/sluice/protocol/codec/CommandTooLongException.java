// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

import java.util.Objects;

/** A command was longer than the limit; all of it has been read and thrown away, the connection can go on. */
public final class CommandTooLongException extends RuntimeException {
    CommandTooLongException(int limit) {
        super("a command longer than " + limit + " bytes", null, false, false);
    }

    /** Says the limit; never null, unlike in the supertype, since clients are told. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
