// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol;

/**
 * What an ERR packet says.
 *
 * @param code the error number, 1 to 65535
 * @param sqlState five characters
 * @param message the text, without the code
 */
public record SqlError(int code, String sqlState, String message) {
    public SqlError {
        if (code < 1 || code > 0xffff) {
            throw new IllegalArgumentException("error code out of range: " + code);
        }
        if (sqlState.length() != 5) {
            throw new IllegalArgumentException("not a SQLSTATE: " + sqlState);
        }
    }

    @Override
    public String toString() {
        return "ERROR " + code + " (" + sqlState + "): " + message;
    }
}
