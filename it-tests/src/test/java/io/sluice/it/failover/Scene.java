// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.ServerFailure;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Counters;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import io.sluice.it.fault.NamespaceNetwork;
import io.sluice.it.fault.NetworkRelay;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A source and two replicas, each behind a network of its own as Sluice sees it, and what can be done to them. One thread. */
final class Scene implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int FEW = 10;

    /** After so long without a sign of life of a server's machine, connections to it are lost. */
    static final Duration TCP_TIMEOUT = Duration.ofSeconds(5);

    private final ReplicationTopology topology;
    private final List<String> addresses;
    private final List<NetworkRelay> networks;
    private final @Nullable NamespaceNetwork machines;
    private final SluiceProcess sluice;
    private final Endpoint admin;
    private final Map<Integer, Long> forbidden = new LinkedHashMap<>();
    private final List<Connection> crowd = new ArrayList<>();
    private @Nullable NetworkRelay replication;
    private @Nullable Promotion promotion;

    /** @param had the rows that the new source had, by key; the old one may have acknowledged more */
    record Promotion(long nanos, Set<String> had) {}

    /** Servers of this machine, each behind a relay. */
    static Scene behindRelays() throws IOException {
        ReplicationTopology topology = Lab.newTopology("misfortunes", 2);
        List<NetworkRelay> relays = new ArrayList<>();
        for (MysqldProcess server : topology.servers()) {
            relays.add(new NetworkRelay(server.port()));
        }
        List<String> addresses = relays.stream().map(NetworkRelay::address).toList();
        return new Scene(topology, addresses, relays, null);
    }

    /** Each server on a machine of its own, as it were; the network is closed with the scene. */
    static Scene inNamespaces(ServerBinaries binaries) {
        NamespaceNetwork network = new NamespaceNetwork(3);
        try {
            ReplicationTopology topology = ReplicationTopology.start(binaries, Lab.newHome("cuts"), 2, network::place);
            List<String> addresses =
                    topology.servers().stream().map(MysqldProcess::address).toList();
            return new Scene(topology, addresses, List.of(), network);
        } catch (ServerFailure e) {
            network.close();
            throw e;
        }
    }

    private Scene(
            ReplicationTopology topology,
            List<String> addresses,
            List<NetworkRelay> networks,
            @Nullable NamespaceNetwork machines) {
        this.topology = topology;
        this.addresses = addresses;
        this.networks = networks;
        this.machines = machines;
        topology.source().execute("CREATE TABLE app.killed (writer INT, n INT, KEY (writer, n))");
        topology.awaitCaughtUp();
        SluiceSettings settings = new SluiceSettings().user("app", "app").admin("admin", "admin");
        addresses.forEach(settings::server);
        settings.set("monitor.interval", "200ms").set("monitor.timeout", "500ms");
        settings.set("backend.tcp_timeout", TCP_TIMEOUT.toSeconds() + "s");
        sluice = SluiceProcess.start(settings, Lab.newHome("misfortunes-sluice"));
        admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
    }

    @Override
    public void close() throws IOException {
        sluice.close();
        topology.close();
        for (NetworkRelay network : networks) {
            network.close();
        }
        if (machines != null) {
            machines.close();
        }
    }

    Endpoint throughSluice() {
        return Lab.of(sluice);
    }

    ReplicationTopology topology() {
        return topology;
    }

    MysqldProcess source() {
        return topology.source();
    }

    int sourceNumber() {
        return topology.sourceNumber();
    }

    /** The replica that is struck, or promoted. */
    int replicaNumber() {
        return replicaNumberOf(sourceNumber());
    }

    int replicaNumberOf(int source) {
        return (source + 1) % 3;
    }

    int otherReplicaNumber() {
        return (sourceNumber() + 2) % 3;
    }

    MysqldProcess replica() {
        return topology.server(replicaNumber());
    }

    NetworkRelay network(int n) {
        return networks.get(n);
    }

    /** The network, if every server is on a machine of its own. */
    NamespaceNetwork machines() {
        return Objects.requireNonNull(machines, "servers of this machine");
    }

    NetworkRelay networkOfSource() {
        return network(sourceNumber());
    }

    NetworkRelay networkOfReplica() {
        return network(replicaNumber());
    }

    /** In the words of this flavor. */
    String word(String statement) {
        return Lab.flavor() == ServerFlavor.MYSQL_9_7 ? statement : statement.replace("REPLICA", "SLAVE");
    }

    void everywhere(String sql) {
        topology.servers().forEach(server -> server.execute(sql));
    }

    /** MySQL 8.0.15 does not always come to the end of its shutdown; it is killed then. */
    void stop(MysqldProcess server) {
        try {
            server.stop();
        } catch (ServerFailure e) {
            if (server.isAlive()) {
                throw e;
            }
        }
    }

    void writeOnReplica() {
        String readOnly = Lab.flavor().isMariaDb() ? "SET GLOBAL read_only = " : "SET GLOBAL super_read_only = ";
        replica().execute(readOnly + 0, "CREATE TABLE app.errant (a INT)", readOnly + 1);
    }

    void lag(int seconds) {
        topology.lag(replicaNumber(), seconds);
    }

    void cutReplication() throws IOException {
        NetworkRelay relay = new NetworkRelay(source().port());
        replication = relay;
        topology.followAt(replicaNumber(), relay.port());
        topology.followAt(otherReplicaNumber(), relay.port());
        topology.awaitCaughtUp();
        relay.cut();
    }

    void mendReplication() throws IOException {
        NetworkRelay relay = replication;
        if (relay != null) {
            relay.close();
        }
        followSource();
    }

    /** Both replicas follow the source again. */
    void followSource() {
        topology.follow(replicaNumber(), sourceNumber());
        topology.follow(otherReplicaNumber(), sourceNumber());
    }

    /** Takes every connection that a server has, and ends those of the monitor. */
    void fill(MysqldProcess server) throws SQLException {
        Endpoint direct = new Endpoint("direct", server.port(), Lab.flavor());
        Connection administrator = server.connect();
        crowd.add(administrator);
        for (int i = 0; i < FEW + 2; i++) {
            crowd.add(direct.connect("sslMode=DISABLED"));
        }
        try (Statement statement = administrator.createStatement()) {
            statement.execute("SET GLOBAL max_connections = " + FEW);
            disconnectMonitor(statement);
        }
    }

    void makeRoom() throws SQLException {
        try (Statement statement = crowd.get(0).createStatement()) {
            statement.execute("SET GLOBAL max_connections = 2000");
        }
        for (Connection connection : crowd) {
            connection.close();
        }
        crowd.clear();
    }

    void disconnectMonitor() throws SQLException {
        for (MysqldProcess server : topology.servers()) {
            try (Connection connection = server.connect();
                    Statement statement = connection.createStatement()) {
                disconnectMonitor(statement);
            }
        }
    }

    private static void disconnectMonitor(Statement statement) throws SQLException {
        List<Long> ids = new ArrayList<>();
        try (ResultSet rows =
                statement.executeQuery("SELECT id FROM information_schema.processlist WHERE user = 'monitor'")) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        for (long id : ids) {
            try {
                statement.execute("KILL " + id);
            } catch (SQLException e) {
                if (e.getErrorCode() != 1094) { // it is gone already
                    throw e;
                }
            }
        }
    }

    void promote(int n, List<Integer> unaware) throws SQLException {
        topology.applyReceived(n);
        Map<String, Integer> had = rows(topology.server(n));
        topology.promote(n, unaware);
        promotion = new Promotion(topology.promotedAtNanos(), Set.copyOf(had.keySet()));
    }

    @Nullable
    Promotion promotion() {
        return promotion;
    }

    /** From now on no client may write there. */
    void forbid(int n) throws SQLException {
        forbidden.put(n, Counters.inserts(topology.server(n)));
    }

    /** How many writes came to servers where none was allowed. */
    long transgressions() throws SQLException {
        long writes = 0;
        for (Map.Entry<Integer, Long> entry : forbidden.entrySet()) {
            writes += Counters.inserts(topology.server(entry.getKey())) - entry.getValue();
        }
        return writes;
    }

    void rebuildForbidden() {
        forbidden.keySet().forEach(this::rebuild);
    }

    void rebuild(int n) {
        topology.rebuild(n);
    }

    /** Waits until Sluice sees one source and two replicas, and forgets what went before. */
    void calm() {
        forbidden.clear();
        promotion = null;
        topology.awaitCaughtUp();
        Await.until("Sluice sees all servers as they are", LIMIT, () -> {
            Map<String, String> roles = new HashMap<>();
            servers().forEach((server, row) -> roles.put(server, row.get("role") + row.get("online")));
            return roles.values().stream().filter("replicayes"::equals).count() == 2
                    && "sourceyes".equals(roles.get(addresses.get(sourceNumber())))
                    && servers().values().stream().noneMatch(row -> row.get("lag_ms") == null);
        });
    }

    void awaitSource(int n) {
        Await.until("Sluice sees that source", LIMIT, () -> {
            Map<String, String> row = servers().get(addresses.get(n));
            return row != null && "source".equals(row.get("role"));
        });
    }

    void awaitSaid(String text) {
        Await.until("Sluice says: " + text, LIMIT, () -> said().contains(text));
    }

    /** What the admin port says is wrong. */
    String said() throws SQLException {
        StringBuilder notes = new StringBuilder();
        servers().values().forEach(row -> notes.append(row.get("note")).append('\n'));
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW TOPOLOGY")) {
            rows.next();
            return notes + rows.getString("note");
        }
    }

    private Map<String, Map<String, String>> servers() throws SQLException {
        Map<String, Map<String, String>> servers = new HashMap<>();
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW SERVERS")) {
            while (rows.next()) {
                Map<String, String> row = new HashMap<>();
                for (String column : List.of("role", "online", "lag_ms", "note")) {
                    row.put(column, rows.getString(column));
                }
                servers.put(rows.getString("server"), row);
            }
        }
        return servers;
    }

    /** How often each row is there, by "writer/n". */
    static Map<String, Integer> rows(MysqldProcess server) throws SQLException {
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
}
