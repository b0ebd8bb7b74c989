// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.view.HistoryView;
import io.sluice.core.view.ProbeView;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tables of the schema monitor, in ProxySQL's columns: one probe of Sluice's is a row of several of them. A failure is
 * a row of those where the server was before.
 */
record MonitorTables(HistoryView history) {
    private static final String SERVER = "hostname VARCHAR NOT NULL, port INT NOT NULL DEFAULT 3306,"
            + " time_start_us INT NOT NULL DEFAULT 0, %s, PRIMARY KEY (hostname, port, time_start_us)";
    private static final String CONNECT =
            SERVER.formatted("connect_success_time_us INT DEFAULT 0, connect_error VARCHAR");
    private static final String PING = SERVER.formatted("ping_success_time_us INT DEFAULT 0, ping_error VARCHAR");
    private static final String READ_ONLY =
            SERVER.formatted("success_time_us INT DEFAULT 0, read_only INT DEFAULT 1, error VARCHAR");
    private static final String LAG =
            SERVER.formatted("success_time_us INT DEFAULT 0, repl_lag INT DEFAULT 0, error VARCHAR");
    private static final String GROUP =
            SERVER.formatted("success_time_us INT DEFAULT 0, viable_candidate VARCHAR NOT NULL DEFAULT 'NO',"
                    + " read_only VARCHAR NOT NULL DEFAULT 'YES', transactions_behind INT DEFAULT 0, error VARCHAR");

    List<ShownTable> all() {
        return List.of(
                ShownTable.of(Schema.MONITOR, "mysql_server_connect_log", CONNECT, this::connects),
                ShownTable.of(
                        Schema.MONITOR, "mysql_server_ping_log", PING, () -> probes(all -> true, probe -> row(probe))),
                ShownTable.of(
                        Schema.MONITOR,
                        "mysql_server_read_only_log",
                        READ_ONLY,
                        () -> probes(
                                all -> true,
                                probe -> row(probe, probe.readOnly() == null ? null : bit(probe.readOnly())))),
                ShownTable.of(
                        Schema.MONITOR,
                        "mysql_server_replication_lag_log",
                        LAG,
                        () -> probes(ProbeView::replicates, probe -> row(probe, seconds(probe.lag())))),
                ShownTable.of(
                        Schema.MONITOR,
                        "mysql_server_group_replication_log",
                        GROUP,
                        () -> probes(probe -> probe.group() != null, MonitorTables::ofGroup)));
    }

    private List<@Nullable Object[]> connects() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (ProbeView.Connect connect : history.connects()) {
            rows.add(row(connect.server(), connect.at(), connect.took(), connect.error()));
        }
        return rows;
    }

    /** @param which answers have a row; failures have one where the server's answer before had one */
    private List<@Nullable Object[]> probes(Predicate<ProbeView> which, Function<ProbeView, @Nullable Object[]> toRow) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        BackendAddress server = null;
        boolean wanted = false;
        for (ProbeView probe : history.probes()) {
            if (!probe.server().equals(server)) {
                server = probe.server();
                wanted = false;
            }
            wanted = probe.error() == null ? which.test(probe) : wanted || which.test(probe);
            if (wanted) {
                rows.add(toRow.apply(probe));
            }
        }
        return rows;
    }

    private static @Nullable Object[] ofGroup(ProbeView probe) {
        ProbeView.Group group = probe.group();
        return row(
                probe,
                group != null && group.viable() ? "YES" : "NO",
                Boolean.FALSE.equals(probe.readOnly()) ? "NO" : "YES",
                group == null ? null : group.behind());
    }

    private static @Nullable Object[] row(ProbeView probe, @Nullable Object... facts) {
        return row(probe.server(), probe.at(), probe.took(), probe.error(), facts);
    }

    private static @Nullable Object[] row(
            BackendAddress server, Instant at, Duration took, @Nullable String error, @Nullable Object... facts) {
        List<@Nullable Object> row = new ArrayList<>();
        row.add(server.host());
        row.add(server.port());
        row.add(TimeUnit.SECONDS.toMicros(at.getEpochSecond()) + at.getNano() / 1000);
        row.add(error == null ? took.toNanos() / 1000 : 0);
        for (Object fact : facts) {
            row.add(fact);
        }
        row.add(error);
        return row.toArray();
    }

    private static int bit(boolean set) {
        return set ? 1 : 0;
    }

    private static @Nullable Long seconds(@Nullable Duration lag) {
        return lag == null ? null : lag.toSeconds();
    }
}
