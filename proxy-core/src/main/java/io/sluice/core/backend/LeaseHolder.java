// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

/** Who has, or had, a connection: a session. All calls come on the connection's event loop. */
public interface LeaseHolder {
    /** A lingering connection was needed elsewhere, or is gone. */
    void lingeringEnded(BackendConnection connection);

    /** A leased connection was lost while no command was on its way. */
    void lostWhileQuiet(BackendConnection connection, String cause);

    /** The leased connection's outbound buffer went over or under its water mark. */
    void backendWritabilityChanged(BackendConnection connection);
}
