// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

/**
 * What a session would lose with the server that it uses.
 *
 * @param session the connection id that the client was told
 * @param what for people, such as "a transaction"
 */
public record OpenWork(long session, String user, String what) {

    @Override
    public String toString() {
        return "session " + session + " of " + user + " (" + what + ")";
    }
}
