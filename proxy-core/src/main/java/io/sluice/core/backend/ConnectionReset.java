// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.buffer.ByteBufAllocator;
import io.sluice.protocol.SqlError;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What makes a connection as new: a reset, and after it what the handshake and the pool had set. */
final class ConnectionReset {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectionReset.class);

    private ConnectionReset() {}

    /**
     * Sends all steps without a flush. A step that fails ends the connection.
     *
     * @param baseline the variables of the connection when it was new
     * @param done called after the last response
     * @param lost called instead if the connection is lost
     */
    static void send(
            BackendConnection connection,
            SessionVariables baseline,
            BiConsumer<BackendConnection, @Nullable SqlError> done,
            BiConsumer<BackendConnection, String> lost) {
        ByteBufAllocator allocator = connection.channel().alloc();
        connection.send(
                SessionSetup.resetConnection(allocator),
                new SessionSetup.Step(
                        connection,
                        (c, error) -> {
                            c.stateWasReset();
                            orFail(c, error);
                        },
                        lost));
        String schema = connection.schema();
        if (schema != null) {
            // The server keeps the schema over a reset, but not its charset, which LOAD DATA and others go by.
            // It may be gone by now, which whoever names it will be told.
            connection.send(
                    SessionSetup.initDb(allocator, schema), new SessionSetup.Step(connection, (c, error) -> {}, lost));
        }
        connection.send(
                SessionSetup.query(allocator, SessionSetup.trackEverything(connection.flavor())),
                new SessionSetup.Step(connection, ConnectionReset::orFail, lost));
        String charsets = SessionVariables.NONE.statementTowards(baseline);
        // The server takes charsets after a reset from its global settings, not from the handshake.
        connection.send(
                SessionSetup.query(allocator, charsets == null ? "DO 0" : charsets),
                new SessionSetup.Step(
                        connection,
                        (c, error) -> {
                            orFail(c, error);
                            c.adopt(SessionVariables.NONE);
                            done.accept(c, error);
                        },
                        lost));
    }

    private static void orFail(BackendConnection connection, @Nullable SqlError error) {
        if (error != null) {
            LOG.warn("backend={} thread={} reset_failed=\"{}\"", connection.address(), connection.threadId(), error);
            connection.channel().close(); // as if the server had ended it
        }
    }
}
