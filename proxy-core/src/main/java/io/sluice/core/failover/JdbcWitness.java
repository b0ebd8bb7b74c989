// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.session.InterruptedWrite;
import io.sluice.core.session.OutcomeJudge.Outcome;
import io.sluice.core.session.SlotNumbers;
import io.sluice.core.session.TableShape;
import io.sluice.routing.gtid.GtidSet;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a MySQL server by SQL. For one thread. */
final class JdbcWitness implements OutcomeProof.Witness {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcWitness.class);

    private static final int ER_NO_SUCH_THREAD = 1094;
    private static final int ER_KILL_DENIED_ERROR = 1095;

    private final JdbcSession session;

    JdbcWitness(JdbcSession session) {
        this.session = session;
    }

    @Override
    public boolean hasAppliedAll() throws SQLException {
        return session.one("SELECT COUNT(*) FROM performance_schema.replication_connection_status WHERE NOT"
                        + " GTID_SUBSET(RECEIVED_TRANSACTION_SET, @@GLOBAL.gtid_executed)")
                .equals("0");
    }

    @Override
    public boolean hasEnded(InterruptedWrite write, Duration sinceAlive) throws SQLException {
        long uptime = Long.parseLong(session.one(
                "SELECT VARIABLE_VALUE FROM performance_schema.global_status WHERE VARIABLE_NAME = 'Uptime'"));
        if (uptime < sinceAlive.toSeconds()) {
            return true; // started anew since: the connection is gone, and its number may be another's
        }
        try {
            session.run("KILL " + write.threadId());
        } catch (SQLException e) {
            // Gone already, or not for the monitor's account to end: then it ends by itself.
            if (e.getErrorCode() != ER_NO_SUCH_THREAD && e.getErrorCode() != ER_KILL_DENIED_ERROR) {
                throw e;
            }
            LOG.debug("event=not_killed thread={}", write.threadId(), e);
        }
        return session.one("SELECT COUNT(*) FROM performance_schema.threads WHERE PROCESSLIST_ID = " + write.threadId())
                .equals("0");
    }

    @Override
    public OutcomeProof.Ledger ledger() throws SQLException {
        GtidSet executed = GtidSet.parse(session.one("SELECT @@GLOBAL.gtid_executed"));
        return (write, sameServer, since) ->
                SlotNumbers.ofTag(executed, write.serverUuid(), write.tag()).exceed(write.known())
                        ? Outcome.COMMITTED
                        : Outcome.NOT_COMMITTED;
    }

    @Override
    public @Nullable TableShape describe(String schema, String table, Duration unchangedFor) throws SQLException {
        return new TableInspector(session, false).inspect(schema, table, unchangedFor);
    }

    @Override
    public void close() {
        session.close();
    }
}
