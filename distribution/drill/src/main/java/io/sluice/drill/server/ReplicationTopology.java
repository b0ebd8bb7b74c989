// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import io.sluice.drill.server.ServerFlavor.Spelling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * A source and its GTID replicas, on loopback unless they have places of their own. Server 0 starts as the source;
 * {@link #promote} changes that. Users: app/app may do everything, monitor/monitor looks, repl/repl replicates; the schema
 * app is there and empty.
 *
 * <p>Not thread-safe: one thread orders the servers about.
 */
public final class ReplicationTopology implements AutoCloseable {
    private static final Duration CATCHES_UP = Duration.ofMinutes(1);

    /** A connection is given up that is silent for a minute. */
    private static final int WAITS_SECONDS = 20;

    /** The ids of servers that were rebuilt begin after this one. */
    private static final int REBUILT = 100;

    private final ServerBinaries binaries;
    private final Path home;
    private final IntFunction<Place> places;
    private final List<MysqldProcess> servers = new ArrayList<>();
    private int source;
    private int rebuilt;
    private long promotedAtNanos;

    private ReplicationTopology(ServerBinaries binaries, Path home, IntFunction<Place> places) {
        this.binaries = binaries;
        this.home = home;
        this.places = places;
    }

    /** Starts the servers side by side and returns when every replica has all that the source did. */
    public static ReplicationTopology start(ServerBinaries binaries, Path home, int replicas) {
        return start(binaries, home, replicas, n -> Place.LOOPBACK);
    }

    /** The same with server n in the place of that number. */
    public static ReplicationTopology start(
            ServerBinaries binaries, Path home, int replicas, IntFunction<Place> places) {
        ReplicationTopology topology = new ReplicationTopology(binaries, Directories.create(home), places);
        try {
            topology.bringUp(replicas);
            return topology;
        } catch (RuntimeException e) {
            topology.close();
            throw e;
        }
    }

    private void bringUp(int replicas) {
        Path template = template();
        for (int n = 0; n <= replicas; n++) {
            MysqldProcess server = add(n);
            server.adopt(template);
            server.launch();
        }
        servers.forEach(MysqldProcess::awaitReady);
        servers.forEach(this::removeAnonymous);
        createUsers();
        for (int n = 1; n <= replicas; n++) {
            follow(n, 0);
        }
        awaitCaughtUp();
    }

    private MysqldProcess add(int n) {
        Path directory = Directories.create(home.resolve("server" + n));
        MysqldProcess server = new MysqldProcess(binaries, directory, n + 1, FreePorts.next(), places.apply(n));
        servers.add(server);
        return server;
    }

    /** ''@localhost, which MariaDB's installation makes, would match app and repl before their own accounts do. */
    private void removeAnonymous(MysqldProcess server) {
        if (binaries.flavor().isMariaDb()) {
            server.execute("SET sql_log_bin=0", "DELETE FROM mysql.global_priv WHERE User=''", "FLUSH PRIVILEGES");
        }
    }

    /** One initialised data directory for all topologies of a run: to copy it is faster than to make it. */
    private Path template() {
        Path parent = home.toAbsolutePath().getParent();
        Path template = (parent == null ? home : parent).resolve("template-" + binaries.version());
        if (!Files.isDirectory(template)) {
            MysqldProcess.initialize(binaries, template, home);
        }
        return template;
    }

    private void createUsers() {
        String replication = binaries.flavor().isMariaDb()
                ? "GRANT REPLICATION CLIENT, REPLICATION SLAVE, SLAVE MONITOR ON *.* TO monitor@'%'"
                : "GRANT REPLICATION CLIENT ON *.* TO monitor@'%'";
        source().execute(
                        "CREATE USER repl@'%' IDENTIFIED BY 'repl'",
                        "GRANT REPLICATION SLAVE ON *.* TO repl@'%'",
                        "CREATE USER app@'%' IDENTIFIED BY 'app'",
                        "GRANT ALL ON *.* TO app@'%'",
                        "CREATE USER monitor@'%' IDENTIFIED BY 'monitor'",
                        replication,
                        "GRANT SELECT ON performance_schema.* TO monitor@'%'",
                        "GRANT SELECT ON mysql.user TO monitor@'%'",
                        "CREATE DATABASE app");
        if (binaries.flavor().isMariaDb()) {
            source().execute("GRANT SELECT ON mysql.proc TO monitor@'%'", "GRANT SELECT ON mysql.func TO monitor@'%'");
        } else {
            boolean early = binaries.flavor() == ServerFlavor.MYSQL_8_0; // perhaps before 8.0.20
            source().execute("GRANT " + (early ? "SELECT" : "SHOW_ROUTINE") + " ON *.* TO monitor@'%'");
        }
    }

    public ServerBinaries binaries() {
        return binaries;
    }

    public ServerFlavor flavor() {
        return binaries.flavor();
    }

    public List<MysqldProcess> servers() {
        return List.copyOf(servers);
    }

    public MysqldProcess server(int n) {
        return servers.get(n);
    }

    public MysqldProcess source() {
        return servers.get(source);
    }

    /** When the source of now was made writable, by System.nanoTime(); the others followed later. */
    public long promotedAtNanos() {
        return promotedAtNanos;
    }

    public int sourceNumber() {
        return source;
    }

    /** Brings a dead server back as a replica of the source: it starts read-only, as an operator would have it. */
    public void rejoin(int n) {
        servers.get(n).start("--read-only=1");
        follow(n, source);
    }

    /** Makes a dead server an empty replica, which gets all from the source: what it alone had is gone. */
    public void rebuild(int n) {
        MysqldProcess server = servers.get(n);
        server.discard();
        server.adopt(template());
        // With its old id it would take for its own, and leave out, what the server had written that it was.
        rebuilt++;
        server.start("--read-only=1", "--server-id=" + (REBUILT + rebuilt));
        removeAnonymous(server);
        follow(n, source);
    }

    /** Starts one more server as a replica of the source, which it gets all from; returns its number. */
    public int addReplica() {
        int n = servers.size();
        MysqldProcess server = add(n);
        server.adopt(template());
        server.start("--read-only=1");
        removeAnonymous(server);
        follow(n, source);
        return n;
    }

    public List<MysqldProcess> replicas() {
        return servers.stream().filter(server -> server != source()).toList();
    }

    /** Makes server n a read-only replica of another. */
    public void follow(int n, int other) {
        followAt(n, servers.get(other).host(), servers.get(other).port());
    }

    /** The same of whatever carries bytes from that port to another server. */
    public void followAt(int n, int port) {
        followAt(n, Place.LOOPBACK.host(), port);
    }

    private void followAt(int n, String host, int port) {
        servers.get(n)
                .execute(
                        switch (binaries.flavor().spelling()) {
                            case REPLICA ->
                                new String[] {
                                    "STOP REPLICA",
                                    "CHANGE REPLICATION SOURCE TO SOURCE_HOST='" + host + "', SOURCE_PORT=" + port
                                            + ", SOURCE_USER='repl', SOURCE_PASSWORD='repl', SOURCE_AUTO_POSITION=1,"
                                            + " GET_SOURCE_PUBLIC_KEY=1, SOURCE_CONNECT_RETRY=1, SOURCE_RETRY_COUNT=86400",
                                    "START REPLICA",
                                    "SET GLOBAL super_read_only=1"
                                };
                            case SLAVE ->
                                new String[] {
                                    "STOP SLAVE",
                                    "CHANGE MASTER TO MASTER_HOST='" + host + "', MASTER_PORT=" + port
                                            + ", MASTER_USER='repl', MASTER_PASSWORD='repl', MASTER_AUTO_POSITION=1,"
                                            + " GET_MASTER_PUBLIC_KEY=1, MASTER_CONNECT_RETRY=1",
                                    "START SLAVE",
                                    "SET GLOBAL super_read_only=1"
                                };
                            case MARIADB ->
                                new String[] {
                                    "STOP SLAVE",
                                    "CHANGE MASTER TO MASTER_HOST='" + host + "', MASTER_PORT=" + port
                                            + ", MASTER_USER='repl', MASTER_PASSWORD='repl', MASTER_USE_GTID=slave_pos,"
                                            + " MASTER_CONNECT_RETRY=1",
                                    "START SLAVE",
                                    "SET GLOBAL read_only=1"
                                };
                        });
    }

    /**
     * Promotes a replica as an operator would: it first applies all that it has received, then stops replicating and
     * takes writes; the other living servers follow it.
     */
    public void promote(int n) {
        promote(n, List.of());
    }

    /** The same without a word to those who are not to know. */
    public void promote(int n, List<Integer> unaware) {
        applyReceived(n);
        takeOver(n, unaware);
    }

    /** How much of what matters a server has. */
    public interface Count {
        int of(MysqldProcess server) throws SQLException;
    }

    /**
     * The living server that has most once all have applied what they received: the others can follow it, not the reverse.
     *
     * @return its number; -1 if none is alive
     */
    public int mostAdvanced(Count count) throws SQLException {
        int best = -1;
        int most = -1;
        for (int n = 0; n < servers.size(); n++) {
            if (servers.get(n).isAlive()) {
                applyReceived(n);
                int here = count.of(servers.get(n));
                best = here > most ? n : best;
                most = Math.max(most, here);
            }
        }
        return best;
    }

    /** Ends the stream from the old source and applies the rest of the relay log. */
    public void applyReceived(int n) {
        MysqldProcess server = servers.get(n);
        boolean replica = binaries.flavor().spelling() == Spelling.REPLICA;
        server.execute(replica ? "STOP REPLICA IO_THREAD" : "STOP SLAVE IO_THREAD");
        String status = replica ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS";
        try {
            String received =
                    server.query(status, binaries.flavor().isMariaDb() ? "Gtid_IO_Pos" : "Retrieved_Gtid_Set");
            if (!awaitGtids(server, received.replace("\n", ""), 30)) {
                throw new ServerFailure(server.address() + " did not apply its relay log within 30 s");
            }
        } catch (SQLException e) {
            throw new ServerFailure(server.address() + ": " + e.getMessage(), e);
        }
    }

    private void takeOver(int n, List<Integer> unaware) {
        detach(n);
        promotedAtNanos = System.nanoTime();
        source = n;
        for (int other = 0; other < servers.size(); other++) {
            if (other != n && !unaware.contains(other) && servers.get(other).answers()) {
                follow(other, n);
            }
        }
    }

    /** Makes server n follow nobody and take writes. */
    public void detach(int n) {
        servers.get(n)
                .execute(
                        switch (binaries.flavor().spelling()) {
                            case REPLICA ->
                                new String[] {
                                    "STOP REPLICA",
                                    "RESET REPLICA ALL",
                                    "SET GLOBAL super_read_only=0",
                                    "SET GLOBAL read_only=0"
                                };
                            case SLAVE, MARIADB ->
                                new String[] {"STOP SLAVE", "RESET SLAVE ALL", "SET GLOBAL read_only=0"};
                        });
    }

    /** Delays a replica's applier by so many seconds (0 ends that). */
    public void lag(int n, int seconds) {
        servers.get(n)
                .execute(
                        switch (binaries.flavor().spelling()) {
                            case REPLICA ->
                                new String[] {
                                    "STOP REPLICA SQL_THREAD",
                                    "CHANGE REPLICATION SOURCE TO SOURCE_DELAY=" + seconds,
                                    "START REPLICA SQL_THREAD"
                                };
                            case SLAVE ->
                                new String[] {
                                    "STOP SLAVE SQL_THREAD",
                                    "CHANGE MASTER TO MASTER_DELAY=" + seconds,
                                    "START SLAVE SQL_THREAD"
                                };
                            case MARIADB ->
                                new String[] {"STOP SLAVE", "CHANGE MASTER TO MASTER_DELAY=" + seconds, "START SLAVE"};
                        });
    }

    /** Waits until every living replica has all that the source has now. */
    public void awaitCaughtUp() {
        awaitCaughtUp(CATCHES_UP);
    }

    /** The same for replicas that have much to apply. */
    public void awaitCaughtUp(Duration limit) {
        try {
            String position = source().query(
                            binaries.flavor().isMariaDb() ? "SELECT @@gtid_binlog_pos" : "SELECT @@gtid_executed")
                    .replace("\n", "");
            for (MysqldProcess replica : replicas()) {
                if (replica.isAlive() && !catchesUp(replica, position, limit)) {
                    throw new ServerFailure(
                            "replica " + replica.address() + " does not catch up, see " + replica.errorLog());
                }
            }
        } catch (SQLException e) {
            throw new ServerFailure("cannot compare positions: " + e.getMessage(), e);
        }
    }

    private boolean catchesUp(MysqldProcess replica, String position, Duration limit) throws SQLException {
        boolean there = false;
        for (int waited = 0; !there && waited < limit.toSeconds(); waited += WAITS_SECONDS) {
            there = awaitGtids(replica, position, WAITS_SECONDS);
        }
        return there;
    }

    private boolean awaitGtids(MysqldProcess server, String gtids, int seconds) throws SQLException {
        if (gtids.isEmpty()) {
            return true;
        }
        String wait = binaries.flavor().isMariaDb() ? "MASTER_GTID_WAIT" : "WAIT_FOR_EXECUTED_GTID_SET";
        return server.query("SELECT " + wait + "('" + gtids + "', " + seconds + ")")
                .equals("0");
    }

    /** Kills what still runs and removes the data; the logs stay in the home directory. */
    @Override
    public void close() {
        servers.forEach(MysqldProcess::discard);
    }
}
