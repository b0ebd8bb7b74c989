// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The source is killed under writing and reading clients, and a replica promoted a while later, several times. */
final class KillRun implements AutoCloseable {
    private static final int ROUNDS = Integer.getInteger("sluice.it.kills", 2);
    private static final int CLIENTS = Integer.getInteger("sluice.it.kill.clients", 12);
    /** From the kill to the promotion, in milliseconds. */
    private static final long PROMOTED_AFTER = Long.getLong("sluice.it.kill.after", 1000);

    private static final String INTERVAL = System.getProperty("sluice.it.kill.interval", "500ms");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int OUTCOME_UNKNOWN = 9501;
    private static final int TRANSACTION_LOST = 9502;
    private static final int RESULT_LOST = 9515;

    private final ReplicationTopology topology;
    private final SluiceProcess sluice;
    private final boolean verified;
    private final boolean replayed;

    /**
     * A topology and Sluice before it.
     *
     * @param verified whether writes whose answer got lost are looked for
     * @param replayed whether transactions are done again
     */
    KillRun(boolean verified, boolean replayed) {
        this.verified = verified;
        this.replayed = replayed;
        topology = Lab.newTopology("killed", 2);
        topology.source()
                .execute(
                        "CREATE TABLE app.killed (writer INT, n INT, KEY (writer, n))",
                        verified ? "GRANT " + administrator() + " ON *.* TO monitor@'%'" : "DO 0");
        topology.servers().forEach(KillRun::spareDisks);
        topology.awaitCaughtUp();
        SluiceSettings settings = Lab.settings(topology).set("monitor.interval", INTERVAL);
        settings.set("failover.tags", Math.max(64, 4 * CLIENTS)); // those of lost connections rest for a while
        settings.set("failover.verify_writes", verified).set("failover.replay", replayed ? "64KiB" : "0");
        sluice = SluiceProcess.start(settings, Lab.newHome("killed-sluice"));
    }

    private static String administrator() {
        return Lab.flavor().isMariaDb() ? "CONNECTION ADMIN" : "CONNECTION_ADMIN";
    }

    @Override
    public void close() {
        sluice.close();
        topology.close();
    }

    /** What is known of one failover; times by System.nanoTime(). */
    private record Round(long killedNanos, long deadNanos, long promotedNanos, Set<String> hadAtPromotion) {}

    void run() throws Exception {
        List<Client> clients = new ArrayList<>();
        for (int i = 1; i <= CLIENTS; i++) {
            clients.add(new Client(Lab.of(sluice), i, true));
            clients.add(new Client(Lab.of(sluice), i, false));
        }
        clients.forEach(Thread::start);
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            awaitProgress(clients);
            rounds.add(killAndPromote());
            awaitProgress(clients);
            bringBack();
        }
        for (Client client : clients) {
            client.finish();
        }
        judge(clients, rounds);
    }

    private static void awaitProgress(List<Client> clients) {
        int[] before = clients.stream().mapToInt(Client::succeeded).toArray();
        Await.until("statements of each client", LIMIT, () -> {
            for (int i = 0; i < before.length; i++) {
                if (clients.get(i).succeeded() < before[i] + 20
                        && clients.get(i).lost() == null) {
                    return false;
                }
            }
            return true;
        });
    }

    private Round killAndPromote() throws Exception {
        long killed = System.nanoTime();
        topology.source().kill();
        long dead = System.nanoTime();
        // An operator, or a program, takes that long to notice and to decide.
        TimeUnit.MILLISECONDS.sleep(PROMOTED_AFTER);
        int best = topology.mostAdvanced(server -> rows(server).size());
        topology.applyReceived(best);
        Set<String> had = rows(topology.server(best)).keySet();
        topology.promote(best);
        return new Round(killed, dead, topology.promotedAtNanos(), new HashSet<>(had));
    }

    /** What the others never got is thrown away. */
    private void bringBack() {
        for (int n = 0; n < topology.servers().size(); n++) {
            if (!topology.server(n).isAlive()) {
                topology.rebuild(n);
                spareDisks(topology.server(n));
            }
        }
        topology.awaitCaughtUp(Duration.ofMinutes(5)); // all that was ever written, beside the load
    }

    /** What a killed process has given to the kernel is not lost; so disks need not be waited for. */
    private static void spareDisks(MysqldProcess server) {
        server.execute("SET GLOBAL sync_binlog = 0", "SET GLOBAL innodb_flush_log_at_trx_commit = 2");
    }

    private static Map<String, Integer> rows(MysqldProcess server) throws SQLException {
        Map<String, Integer> rows = new HashMap<>();
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT writer, n FROM app.killed")) {
            while (result.next()) {
                rows.merge(result.getInt(1) + "/" + result.getInt(2), 1, Integer::sum);
            }
        }
        return rows;
    }

    private void judge(List<Client> clients, List<Round> rounds) throws SQLException {
        Map<String, Integer> there = rows(topology.source());
        List<String> wrong = new ArrayList<>();
        int acknowledged = 0;
        Map<Integer, Integer> errors = new TreeMap<>();
        int died = 0;
        int reads = 0;
        for (Client client : clients) {
            if (client.lost() != null) {
                wrong.add(client.getName() + " lost its connection: " + client.lost());
            }
            for (Client.Call call : client.calls()) {
                boolean inFlight = rounds.stream()
                        .anyMatch(round ->
                                call.beganNanos() <= round.deadNanos() && call.endedNanos() >= round.killedNanos());
                if (call.failed() && !(inFlight && mayFail(client, call, there.containsKey(key(client, call))))) {
                    wrong.add(client.getName() + ": " + call.error() + " " + call.message()
                            + (inFlight ? " (on its way at a kill)" : " (not on its way at a kill)"));
                }
                if (!client.writes()) {
                    reads++;
                } else if (call.failed()) {
                    errors.merge(call.error(), 1, Integer::sum);
                } else {
                    acknowledged++;
                    boolean lost = !there.containsKey(key(client, call));
                    if (lost && diedWithItsSource(client, call, rounds)) {
                        died++;
                    } else if (lost) {
                        wrong.add(client.getName() + " lost row " + call.n());
                    }
                }
            }
            client.missed().stream()
                    .filter(call -> !diedWithItsSource(client, call, rounds))
                    .forEach(call -> wrong.add(client.getName() + " did not see its own row " + call.n()));
        }
        long twice = there.values().stream().filter(count -> count > 1).count();
        System.out.println(rounds.size() + " kills, writes " + (verified ? "" : "not ") + "verified, transactions "
                + (replayed ? "" : "not ") + "done again, " + clients.size() / 2
                + " writers and as many readers, interval "
                + INTERVAL + ": writes acknowledged " + acknowledged + " (" + died
                + " died with a source, on no replica"
                + " yet), written twice " + twice + ", errors of writes " + errors + ", reads " + reads
                + ", wrong " + wrong.size() + "; ms from the promotion to the first write: "
                + rounds.stream().map(round -> resumed(clients, round)).toList());
        assertThat(wrong).isEmpty();
        assertThat(twice).as("rows written twice").isZero();
    }

    /** Whether a write that was on its way at a kill may have ended so, given what the source of now has. */
    private boolean mayFail(Client client, Client.Call call, boolean there) {
        return client.writes()
                && switch (call.error()) {
                    case OUTCOME_UNKNOWN -> !verified;
                    case TRANSACTION_LOST -> !replayed && client.inTransactions() && !there;
                    case RESULT_LOST -> verified && !client.inTransactions() && there;
                    default -> false;
                };
    }

    /** Acknowledged by a source that was killed before any replica had it: replication is asynchronous. */
    private static boolean diedWithItsSource(Client client, Client.Call call, List<Round> rounds) {
        Predicate<Round> before = round -> call.endedNanos() <= round.promotedNanos();
        return rounds.stream()
                .filter(before)
                .findFirst()
                .filter(round -> !round.hadAtPromotion().contains(key(client, call)))
                .isPresent();
    }

    private static String key(Client client, Client.Call call) {
        return client.number() + "/" + call.n();
    }

    private static long resumed(List<Client> clients, Round round) {
        long first = clients.stream()
                .filter(Client::writes)
                .flatMap(client -> client.calls().stream())
                .filter(call -> !call.failed() && call.beganNanos() > round.killedNanos())
                .mapToLong(Client.Call::endedNanos)
                .min()
                .orElse(round.promotedNanos());
        return TimeUnit.NANOSECONDS.toMillis(first - round.promotedNanos());
    }
}
