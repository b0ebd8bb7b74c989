// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.session.InterruptedWrite;
import io.sluice.core.session.OutcomeJudge.Outcome;
import io.sluice.core.session.SlotNumbers;
import java.time.Duration;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last transaction of each server id in the binary log of a MariaDB server, and whether what is not there did not
 * happen: a log that has been begun anew, or never had what was replicated, says nothing of that.
 *
 * @param binlogState gtid_binlog_state
 * @param replicated gtid_slave_pos: the last transaction of each domain that came from elsewhere
 * @param logsReplicated log_bin and log_slave_updates
 * @param synced whether the log survives a crash of the machine together with the data (sync_binlog)
 */
record MariadbLedger(String binlogState, String replicated, boolean logsReplicated, boolean synced, Duration uptime)
        implements OutcomeProof.Ledger {
    private static final Logger LOG = LoggerFactory.getLogger(MariadbLedger.class);

    @Override
    public Outcome outcome(InterruptedWrite write, boolean sameServer, LongFunction<Duration> since) {
        SlotNumbers numbers = SlotNumbers.ofServerId(binlogState, write.tag());
        if (numbers.exceed(write.known())) {
            return Outcome.COMMITTED;
        }
        boolean reachesBack = !write.known().isEmpty() && !write.known().exceed(numbers);
        String doubt = sameServer
                ? doubtOfSame(write, reachesBack, since.apply(write.aliveAtNanos()))
                : doubtOfOther(reachesBack, since.apply(write.begunAtNanos()));
        if (doubt.isEmpty()) {
            return Outcome.NOT_COMMITTED;
        }
        LOG.warn("event=outcome_not_provable server={} why=\"{}\"", write.server(), doubt);
        return Outcome.UNKNOWN;
    }

    private String doubtOfSame(InterruptedWrite write, boolean reachesBack, Duration sinceAlive) {
        if (!reachesBack && !write.known().isEmpty()) {
            return "its binary log has been begun anew";
        }
        return !synced && uptime.toSeconds() < sinceAlive.toSeconds()
                ? "it was restarted without sync_binlog=1: its data may have what its binary log has not"
                : "";
    }

    private String doubtOfOther(boolean reachesBack, Duration sinceBegun) {
        if (!logsReplicated) {
            return "the new source has not logged what it replicated: set log_slave_updates";
        }
        if (replicated.isEmpty()) {
            return "the new source does not know what it replicated (gtid_slave_pos is empty)";
        }
        for (String gtid : replicated.split(",", -1)) {
            String serverId = gtid.strip().split("-", -1)[1];
            SlotNumbers last = SlotNumbers.ofServerId(gtid, serverId);
            if (last.exceed(SlotNumbers.ofServerId(binlogState, serverId))) {
                return "the binary log of the new source does not have what it replicated last, " + gtid.strip();
            }
        }
        return !reachesBack && uptime.compareTo(sinceBegun) < 0
                ? "the new source was started after the write began, its data may be of later"
                : "";
    }
}
