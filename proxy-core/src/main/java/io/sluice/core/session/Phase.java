// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

/** Where a session's command is on its way. */
enum Phase {
    /** There is none. */
    IDLE,
    /** It waits for a source, or for a connection. */
    WAITING,
    /** The connection is brought into the session's state. */
    SYNCING,
    /** It is sent, or being answered. */
    RELAYING,
    /** The server asked for a file of the client, which follows. */
    UPLOADING
}
