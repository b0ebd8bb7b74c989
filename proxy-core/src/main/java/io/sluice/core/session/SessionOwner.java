// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The owner of a session: takes what concerns the client's connection, or its account, as a whole. */
interface SessionOwner {
    /** Where the client is, as logs and the admin port show it. */
    String clientAddress();

    /** Where it is, to compare. */
    SocketAddress clientSocket();

    /** The client wants to log in again on this connection; bytes it sent ahead are among {@code surplus}. */
    void changeUser(Session session, ByteBuf payload, @Nullable ByteBuf surplus);

    /** A server lets the session's account in no more. */
    void accountRefused();
}
