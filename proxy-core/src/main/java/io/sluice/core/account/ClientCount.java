// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

/** How many clients there are of one user, through all changes of its settings. Thread-safe. */
final class ClientCount {
    private int clients;

    /**
     * One more.
     *
     * @param max most at once, 0 for no limit
     * @return false if there are too many
     */
    synchronized boolean enter(int max) {
        if (max > 0 && clients >= max) {
            return false;
        }
        clients++;
        return true;
    }

    synchronized void leave() {
        clients--;
    }
}
