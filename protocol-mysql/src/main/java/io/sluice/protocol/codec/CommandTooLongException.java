// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.codec;

/** A command was longer than the limit; all of it has been read and thrown away, the connection can go on. */
public final class CommandTooLongException extends RuntimeException {
    CommandTooLongException(int limit) {
        super("a command longer than " + limit + " bytes", null, false, false);
    }
}
