// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.session.InterruptedWrite;
import io.sluice.core.session.TableShape;
import io.sluice.routing.gtid.GtidSet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a MariaDB server by SQL. For one thread. */
final class MariadbWitness implements OutcomeProof.Witness {
    private static final Logger LOG = LoggerFactory.getLogger(MariadbWitness.class);

    private static final int ER_NO_SUCH_THREAD = 1094;
    private static final int ER_KILL_DENIED_ERROR = 1095;

    private final JdbcSession session;

    MariadbWitness(JdbcSession session) {
        this.session = session;
    }

    @Override
    public boolean hasAppliedAll() throws SQLException {
        try (Statement statement = session.statement();
                ResultSet rows = statement.executeQuery("SHOW ALL SLAVES STATUS")) {
            while (rows.next()) {
                if (!hasAppliedAll(rows)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean hasAppliedAll(ResultSet channel) throws SQLException {
        if (!"No".equalsIgnoreCase(channel.getString("Using_Gtid"))) {
            GtidSet received = GtidSet.parse(channel.getString("Gtid_IO_Pos"));
            return GtidSet.parse(channel.getString("Gtid_Slave_Pos")).contains(received);
        }
        return channel.getString("Master_Log_File").equals(channel.getString("Relay_Master_Log_File"))
                && channel.getLong("Read_Master_Log_Pos") == channel.getLong("Exec_Master_Log_Pos");
    }

    @Override
    public boolean hasEnded(InterruptedWrite write, Duration sinceAlive) throws SQLException {
        if (uptime().toSeconds() < sinceAlive.toSeconds()) {
            return true; // started anew since: the connection is gone, and its number may be another's
        }
        try {
            session.run("KILL " + write.threadId());
            return false; // on its way: the next KILL will not find it
        } catch (SQLException e) {
            if (e.getErrorCode() == ER_NO_SUCH_THREAD) {
                return true; // the list of processes hides those of others from many accounts, KILL does not
            }
            if (e.getErrorCode() != ER_KILL_DENIED_ERROR) {
                throw e;
            }
            LOG.debug("event=not_killed thread={} remedy=\"GRANT CONNECTION ADMIN\"", write.threadId(), e);
            return false; // then it ends by itself
        }
    }

    private Duration uptime() throws SQLException {
        return Duration.ofSeconds(Long.parseLong(session.one(
                "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'UPTIME'")));
    }

    @Override
    public OutcomeProof.Ledger ledger() throws SQLException {
        // Not from information_schema, which cuts long values.
        try (Statement statement = session.statement();
                ResultSet row = statement.executeQuery("SELECT @@GLOBAL.gtid_binlog_state AS state,"
                        + " @@GLOBAL.gtid_slave_pos AS replicated, @@GLOBAL.log_bin AND @@GLOBAL.log_slave_updates AS"
                        + " logs, @@GLOBAL.sync_binlog AS sync")) {
            row.next();
            return new MariadbLedger(
                    row.getString("state"),
                    row.getString("replicated"),
                    row.getBoolean("logs"),
                    row.getInt("sync") == 1,
                    uptime());
        }
    }

    @Override
    public @Nullable TableShape describe(String schema, String table, Duration unchangedFor) throws SQLException {
        return new TableInspector(session, true).inspect(schema, table, unchangedFor);
    }

    @Override
    public void close() {
        session.close();
    }
}
