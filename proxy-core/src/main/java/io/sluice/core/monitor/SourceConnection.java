// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.topology.BackendAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lasting JDBC connection of one who asks the source now and then: another one when another server is the source.
 * Confined to one thread, but for {@link #renew}.
 */
final class SourceConnection {
    private static final Logger LOG = LoggerFactory.getLogger(SourceConnection.class);

    private final Properties properties;
    private @Nullable Connection connection;
    private @Nullable BackendAddress connected;
    private volatile boolean outdated;

    SourceConnection(Properties properties) {
        this.properties = properties;
    }

    /** Whether the connection to that server would be a new one. */
    boolean isNewTo(BackendAddress address) {
        return connection == null || outdated || !address.equals(connected);
    }

    Connection to(BackendAddress address) throws SQLException {
        Connection open = connection;
        if (open != null && !isNewTo(address)) {
            return open;
        }
        close();
        outdated = false;
        Connection opened = DriverProperties.connect(address, properties);
        connection = opened;
        connected = address;
        return opened;
    }

    /** The address may lead to another server now. Any thread. */
    void renew() {
        outdated = true;
    }

    void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException gone) {
                LOG.debug("event=close_failed server={}", connected, gone);
            }
        }
    }
}
