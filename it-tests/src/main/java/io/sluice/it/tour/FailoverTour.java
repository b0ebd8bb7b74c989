// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import io.sluice.drill.SourceKill;
import io.sluice.drill.load.Load;
import io.sluice.drill.load.Row;
import io.sluice.drill.report.Act;
import io.sluice.drill.report.Findings;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerFailure;
import io.sluice.drill.server.SluiceProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Kills the source under load, promotes a replica, and tells what the clients saw. */
final class FailoverTour {
    private static final String TABLE = "tour.writes";
    private static final int SESSIONS = 3;
    /** Of each client, before and after; every other one is a write. */
    private static final int STATEMENTS = 200;

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ReplicationTopology topology;
    private final SluiceProcess sluice;

    FailoverTour(ReplicationTopology topology, SluiceProcess sluice) {
        this.topology = topology;
        this.sluice = sluice;
    }

    void run() {
        Console.title("Failover under load: " + SESSIONS + " clients write rows and read each back at once");
        Load load = new Load(SplitTour.access(sluice, "tour"), TABLE, SESSIONS, 0, Duration.ZERO);
        Act act;
        try (load) {
            load.start(LIMIT);
            load.awaitProgress(STATEMENTS, LIMIT);
            act = new SourceKill(topology, TABLE).run(Duration.ZERO);
            Console.item("kill -9", "source " + act.from());
            Console.item("promoted", "replica " + act.to() + ", the other follows it");
            load.awaitProgress(STATEMENTS, LIMIT);
        }
        Findings found = Findings.of("a source and two replicas", load.recording(), rows(), List.of(act));
        show(found);
        List<String> broken = broken(found);
        if (!broken.isEmpty()) {
            throw new ServerFailure(String.join("; ", broken));
        }
        Console.title("All held.");
    }

    private Map<Row, Integer> rows() {
        try (Connection connection = topology.source().connect()) {
            return Row.count(connection, TABLE);
        } catch (SQLException e) {
            throw new ServerFailure("cannot read the result: " + e.getMessage(), e);
        }
    }

    private static void show(Findings found) {
        Console.item("writes acknowledged", found.written());
        Console.item("  lost", found.lost());
        Console.item("  written twice", found.doubled());
        Console.item(
                "  died with the old source",
                found.died() + " (acknowledged, but on no replica yet: replication is asynchronous)");
        Console.item("reads of own writes", found.readBacks() + ", of these stale: " + found.stale());
        Findings.Outcome outcome = found.acts().get(0);
        Console.item(
                "statements that failed", outcome.errors() + " of those that were on their way when the source died");
        found.errors().values().forEach(errors -> Console.item("", "error " + errors.message()));
        Console.item("client connections lost", found.lostConnections() + " of " + SESSIONS);
        Console.item("write gap", outcome.pauseMillis() + " ms");
        outcome.promotedToWriteMillis()
                .ifPresent(millis -> Console.item("", "the last " + millis + " ms of it after the promotion"));
    }

    private static List<String> broken(Findings found) {
        List<String> broken = new ArrayList<>();
        check(broken, found.lost() == 0, found.lost() + " acknowledged writes are lost");
        check(broken, found.doubled() == 0, found.doubled() + " rows were written twice");
        check(broken, found.stale() == 0, found.stale() + " reads missed their session's own write");
        check(broken, found.lostConnections() == 0, found.lostConnections() + " clients lost their connection");
        check(
                broken,
                found.errorCount() <= SESSIONS,
                "more statements failed than were in flight when the source died");
        return broken;
    }

    private static void check(List<String> broken, boolean held, String otherwise) {
        if (!held) {
            broken.add(otherwise);
        }
    }
}
