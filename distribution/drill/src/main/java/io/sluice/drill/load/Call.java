// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.load;

/**
 * One statement of a client that has ended. Times by System.nanoTime().
 *
 * @param error the code of the error; 0 if there was none, -1 for one of the driver
 * @param message of the error
 * @param missed whether a client did not find its own row, although it had been told that it was written
 */
public record Call(Kind kind, Row row, long beganNanos, long endedNanos, int error, String message, boolean missed) {
    /** What it was for. */
    public enum Kind {
        /** Of a new row, outside a transaction. */
        WRITE,
        /** Of the row that the same client has just written. */
        READ_BACK,
        /** Of any row. */
        READ
    }

    public boolean failed() {
        return error != 0;
    }

    public boolean isWritten() {
        return kind == Kind.WRITE && error == 0;
    }
}
