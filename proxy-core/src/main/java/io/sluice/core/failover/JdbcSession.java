// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.monitor.DriverProperties;
import io.sluice.routing.topology.BackendAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One login at a server, for short questions and orders. For one thread at a time. */
final class JdbcSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcSession.class);

    private final BackendAddress server;
    private final Connection connection;

    /** Logs in. The properties say as whom, and how long to wait for an answer. */
    JdbcSession(BackendAddress server, Properties properties) throws SQLException {
        this.server = server;
        this.connection = DriverProperties.connect(server, properties);
    }

    Statement statement() throws SQLException {
        return connection.createStatement();
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    void run(String sql) throws SQLException {
        try (Statement statement = statement()) {
            statement.execute(sql);
        }
    }

    /** The first column of the first row; empty for none, and for NULL. */
    String one(String sql) throws SQLException {
        try (Statement statement = statement();
                ResultSet rows = statement.executeQuery(sql)) {
            String value = rows.next() ? rows.getString(1) : null;
            return value == null ? "" : value;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException gone) {
            LOG.debug("event=close_failed server={}", server, gone);
        }
    }
}
