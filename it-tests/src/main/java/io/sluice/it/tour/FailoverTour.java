// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import io.sluice.it.server.Await;
import io.sluice.it.server.MysqldProcess;
import io.sluice.it.server.ReplicationTopology;
import io.sluice.it.server.ServerFailure;
import io.sluice.it.server.SluiceProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Kills the source under load, promotes a replica, and counts what the clients saw. */
final class FailoverTour {
    private static final int SESSIONS = 3;
    private static final int WRITES_BEFORE = 100;
    private static final int WRITES_AFTER = 100;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final ReplicationTopology topology;
    private final List<LoadSession> sessions;
    private long killedNanos;
    private long promotedNanos;
    private Map<String, Integer> hadAtPromotion = Map.of();
    private int promoted;

    FailoverTour(ReplicationTopology topology, SluiceProcess sluice) {
        this.topology = topology;
        this.sessions = IntStream.rangeClosed(1, SESSIONS)
                .mapToObj(number -> new LoadSession(sluice, number))
                .toList();
    }

    void run() {
        Console.title("Failover under load: " + SESSIONS + " clients write rows and read each back at once");
        try {
            sessions.forEach(Thread::start);
            awaitWrites("before the kill", WRITES_BEFORE);
            killAndPromote();
            awaitWrites("after the promotion", WRITES_AFTER);
            for (LoadSession session : sessions) {
                session.finish();
            }
            List<String> broken = summarize();
            if (!broken.isEmpty()) {
                throw new ServerFailure(String.join("; ", broken));
            }
            Console.title("All held.");
        } catch (SQLException e) {
            throw new ServerFailure("cannot read the result: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailure("interrupted", e);
        }
    }

    private void awaitWrites(String when, int count) {
        int[] targets = sessions.stream()
                .mapToInt(session -> session.acknowledged() + count)
                .toArray();
        Await.until(count + " writes of each client " + when, LIMIT, () -> {
            for (LoadSession session : sessions) {
                if (session.lost() != null) {
                    throw new ServerFailure("client " + session.number() + " lost its connection: " + session.lost());
                }
            }
            return IntStream.range(0, targets.length)
                    .allMatch(i -> sessions.get(i).acknowledged() >= targets[i]);
        });
    }

    private void killAndPromote() throws SQLException {
        MysqldProcess source = topology.source();
        killedNanos = System.nanoTime();
        source.kill();
        Console.item("kill -9", "source " + source.address());
        promoted = mostAdvancedReplica();
        topology.applyReceived(promoted);
        hadAtPromotion = rows(topology.server(promoted));
        topology.promote(promoted);
        promotedNanos = System.nanoTime();
        Console.item("promoted", "replica " + topology.source().address() + ", the other follows it");
    }

    /** The replica with the most rows received; the other can follow it, not the reverse. */
    private int mostAdvancedReplica() throws SQLException {
        int best = -1;
        int most = -1;
        for (int n = 0; n < topology.servers().size(); n++) {
            if (topology.server(n).isAlive()) {
                topology.applyReceived(n);
                int count = rows(topology.server(n)).size();
                if (count > most) {
                    most = count;
                    best = n;
                }
            }
        }
        return best;
    }

    private List<String> summarize() throws SQLException {
        Map<String, Integer> rows = rows(topology.source());
        List<String> broken = new ArrayList<>();
        int acknowledged = 0;
        int neverReplicated = 0;
        int lost = 0;
        int stale = 0;
        int readBacks = 0;
        List<Long> times = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (LoadSession session : sessions) {
            for (LoadSession.Ack ack : session.acks()) {
                acknowledged++;
                times.add(ack.nanos());
                String key = key(session.number(), ack.n());
                boolean reached = ack.nanos() > promotedNanos || hadAtPromotion.containsKey(key);
                if (!rows.containsKey(key)) {
                    lost += reached ? 1 : 0;
                    neverReplicated += reached ? 0 : 1;
                }
                // A row that died between the write and its read-back is no stale read: no server has it any more.
                stale += session.missed().contains(ack.n()) && (reached || rows.containsKey(key)) ? 1 : 0;
            }
            errors.addAll(session.errors());
            readBacks += session.readBacks();
        }
        long twice = rows.values().stream().filter(count -> count > 1).count();
        Console.item("writes acknowledged", acknowledged);
        Console.item("  lost", lost);
        Console.item("  written twice", twice);
        Console.item(
                "  died with the old source",
                neverReplicated + " (acknowledged, but on no replica yet:" + " replication is asynchronous)");
        Console.item("reads of own writes", readBacks + ", of these stale: " + stale);
        Console.item("statements that failed", errors.size() + " of those that were on their way when the source died");
        errors.stream().distinct().forEach(error -> Console.item("", "error " + error));
        Console.item("client connections lost", "0 of " + SESSIONS);
        Console.item(
                "write gap",
                millis(longestGap(times)) + " ms, of these " + millis(promotedNanos - killedNanos)
                        + " ms from the kill to the end of the promotion");
        check(broken, lost == 0, lost + " acknowledged writes are lost");
        check(broken, twice == 0, twice + " rows were written twice");
        check(broken, stale == 0, stale + " reads missed their session's own write");
        check(broken, errors.size() <= SESSIONS, "more statements failed than were in flight when the source died");
        return broken;
    }

    private static void check(List<String> broken, boolean held, String otherwise) {
        if (!held) {
            broken.add(otherwise);
        }
    }

    /** The longest pause between two acknowledged writes of any client that ends after the kill. */
    private long longestGap(List<Long> times) {
        times.sort(null);
        long gap = 0;
        for (int i = 1; i < times.size(); i++) {
            if (times.get(i) >= killedNanos) {
                gap = Math.max(gap, times.get(i) - times.get(i - 1));
            }
        }
        return gap;
    }

    private static Map<String, Integer> rows(MysqldProcess server) throws SQLException {
        Map<String, Integer> rows = new HashMap<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT session, n FROM tour.writes")) {
            while (result.next()) {
                rows.merge(key(result.getInt(1), result.getInt(2)), 1, Integer::sum);
            }
        }
        return rows;
    }

    private static String key(int session, int n) {
        return session + "/" + n;
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
