// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sluice is told of one server and finds the others. */
class DiscoveryIT {
    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Pattern SERVER = Pattern.compile("sluice_server_up\\{server=\"[^\"]*:([0-9]+)\"} (\\S+)");

    private static ReplicationTopology topology;

    @BeforeAll
    static void start() {
        topology = Lab.newTopology("discovery", 2);
        String privileges = Lab.flavor().isMariaDb() ? "REPLICATION MASTER ADMIN, PROCESS" : "REPLICATION SLAVE";
        topology.source()
                .execute(
                        "GRANT " + privileges + " ON *.* TO monitor@'%'",
                        "CREATE TABLE app.found (id INT AUTO_INCREMENT PRIMARY KEY)");
        topology.awaitCaughtUp();
    }

    @AfterAll
    static void stop() {
        topology.close();
    }

    @Test
    void the_source_alone_is_enough_and_reads_go_to_its_replicas() throws Exception {
        try (SluiceProcess sluice = sluice(topology.source(), Map.of())) {
            awaitOnline(sluice, ports(topology.servers()));
            Set<Integer> answered = new HashSet<>();
            try (Connection connection = Lab.of(sluice).connect()) {
                Await.until("reads on both replicas", LIMIT, () -> {
                    answered.add(port(connection));
                    return answered.containsAll(ports(topology.replicas()));
                });
                Set<Integer> later = new HashSet<>();
                for (int i = 0; i < 100; i++) {
                    later.add(port(connection));
                }
                assertThat(later).isSubsetOf(ports(topology.replicas()));
            }
        }
    }

    @Test
    void a_replica_alone_is_enough_and_another_that_was_found_can_become_the_source() throws Exception {
        int old = topology.sourceNumber();
        MysqldProcess seed = topology.replicas().get(0);
        MysqldProcess next = topology.replicas().get(1);
        try (SluiceProcess sluice = sluice(seed, Map.of());
                Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            awaitOnline(sluice, ports(topology.servers()));
            statement.execute("INSERT INTO app.found VALUES ()");
            topology.awaitCaughtUp();
            topology.source().kill();
            topology.promote(topology.servers().indexOf(next));
            statement.execute("INSERT INTO app.found VALUES ()");
            assertThat(next.query("SELECT COUNT(*) FROM app.found"))
                    .as("rows on the new source")
                    .isEqualTo(rows(statement));
            topology.rejoin(old);
            topology.awaitCaughtUp();
            awaitOnline(sluice, ports(topology.servers()));
            int added = topology.addReplica();
            topology.awaitCaughtUp();
            awaitOnline(sluice, ports(topology.servers()));
            assertThat(sluice.log()).contains("event=server_added server=");
            removeAndAwaitForgotten(sluice, topology.server(added));
        }
    }

    private static void removeAndAwaitForgotten(SluiceProcess sluice, MysqldProcess server) {
        server.kill();
        Await.until("the server is forgotten", LIMIT, () -> !states(sluice).containsKey(server.port()));
        assertThat(sluice.log()).contains("event=server_forgotten");
        server.start("--read-only=1");
        topology.awaitCaughtUp();
        awaitOnline(sluice, ports(topology.servers()));
    }

    @Test
    void a_server_that_is_not_allowed_is_named_and_never_used() throws Exception {
        try (SluiceProcess sluice = sluice(topology.source(), Map.of("discovery.allow", "10.0.0.0/8"))) {
            for (MysqldProcess replica : topology.replicas()) {
                Await.until(
                        "a word on " + replica.address(),
                        LIMIT,
                        () -> sluice.log()
                                .lines()
                                .anyMatch(line -> line.contains("event=server_not_used")
                                        && line.contains(":" + replica.port() + " ")));
            }
            assertThat(states(sluice)).containsOnlyKeys(topology.source().port());
            try (Connection connection = Lab.of(sluice).connect()) {
                assertThat(port(connection)).isEqualTo(topology.source().port());
            }
        }
    }

    private static SluiceProcess sluice(MysqldProcess seed, Map<String, Object> more) {
        SluiceSettings settings = new SluiceSettings().user("app", "app").server(seed.address());
        settings.set("discovery.enabled", true)
                .set("discovery.interval", "500ms")
                .set("discovery.forget_after", "4s");
        settings.set( // so that a read tells who answered it
                "rules",
                List.of(Map.of("rule_id", 1, "match_digest", "@@port", "destination_hostgroup", 1, "unsafe", true)));
        more.forEach(settings::set);
        return SluiceProcess.start(settings, Lab.newHome("discovery-sluice"));
    }

    private static void awaitOnline(SluiceProcess sluice, Set<Integer> ports) {
        Await.until("servers on " + ports, LIMIT, () -> {
            Map<Integer, Double> states = states(sluice);
            return states.keySet().equals(ports) && states.values().stream().allMatch(up -> up == 1);
        });
    }

    /** Whether each server is up, by its port: the name may be that of the seed or of the loopback address. */
    private static Map<Integer, Double> states(SluiceProcess sluice) throws Exception {
        String metrics = sluice.http("/metrics").body();
        Matcher matcher = SERVER.matcher(metrics);
        return matcher.results()
                .collect(Collectors.toMap(
                        found -> Integer.valueOf(found.group(1)), found -> Double.valueOf(found.group(2))));
    }

    private static Set<Integer> ports(List<MysqldProcess> servers) {
        return servers.stream().map(MysqldProcess::port).collect(Collectors.toSet());
    }

    private static int port(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@port")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static String rows(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM app.found")) {
            row.next();
            return row.getString(1);
        }
    }
}
