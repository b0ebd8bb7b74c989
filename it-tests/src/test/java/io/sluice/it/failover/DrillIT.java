// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ChildProcess;
import io.sluice.drill.server.Directories;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

/** {@code sluice drill} as it is shipped: what it reports, and that it leaves nothing behind. */
class DrillIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private final Path home = Lab.newHome("drill");
    private final Path temporary = Directories.create(home.resolve("tmp"));

    @Test
    void a_failover_and_a_switchover_of_servers_of_its_own_are_reported() throws Exception {
        Path json = home.resolve("drill.json");
        Path svg = home.resolve("drill.svg");
        ChildProcess drill =
                drill("--mysqld", program(), "--steady", "1", "--json", json.toString(), "--svg", svg.toString());
        int code = drill.exitCode(LIMIT);
        String report = drill.output();
        System.out.println(report);
        assertThat(code).as(report).isZero();
        assertThat(report)
                .contains(
                        "failover, 127.0.0.1:", "switchover, 127.0.0.1:", "no writes for (RTO)", "Held: nothing lost");
        assertThat(Files.readString(json))
                .contains("\"held\" : true", "\"promotion_to_first_write_ms\" : ", "\"lost_writes\" : 0");
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(svg.toFile())
                        .getDocumentElement()
                        .getTagName())
                .isEqualTo("svg");
        assertNothingIsLeft();
    }

    @Test
    void when_it_is_interrupted_its_servers_and_files_are_gone() throws IOException {
        ChildProcess drill = drill("--mysqld", program(), "--steady", "60");
        Await.until("servers run", LIMIT, () -> servers(drill).size() >= 4); // with Sluice
        List<ProcessHandle> servers = servers(drill);
        drill.terminate();
        drill.exitCode(LIMIT);
        assertThat(servers).noneMatch(ProcessHandle::isAlive);
        assertNothingIsLeft();
    }

    @Test
    void named_servers_are_switched_and_switched_back_and_killed_by_command_alone() throws Exception {
        try (ReplicationTopology topology = Lab.newTopology("drilled", 2)) {
            topology.source()
                    .execute(
                            Lab.flavor().isMariaDb()
                                    ? "GRANT READ_ONLY ADMIN, REPLICATION SLAVE ADMIN, RELOAD ON *.* TO monitor@'%'"
                                    : "GRANT SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN, REPLICATION_SLAVE_ADMIN, RELOAD"
                                            + " ON *.* TO monitor@'%'");
            topology.awaitCaughtUp();
            SluiceSettings settings = Lab.settings(topology).admin("admin", "admin");
            settings.set("failover.replication_user", "repl").set("failover.replication_password", "repl");
            Path place = Lab.newHome("drilled-sluice");
            try (SluiceProcess sluice = SluiceProcess.start(settings, place)) {
                String config = place.resolve("sluice.yaml").toString();
                String source = topology.source().address();
                ChildProcess drill =
                        drill("--i-know", "-c", config, "--user", "app", "--schema", "app", "--steady", "1");
                assertThat(drill.exitCode(LIMIT)).as(drill.output()).isZero();
                assertThat(drill.output())
                        .containsPattern("switchover, .* -> " + source)
                        .doesNotContain("failover,");
                assertThat(topology.source().query("SHOW TABLES FROM app")).isEmpty();
                interruptOn(topology, config);

                Path candidate = home.resolve("candidate");
                Path pid = topology.source().errorLog().resolveSibling("pid");
                Path json = home.resolve("killed.json");
                ChildProcess killing = drill(
                        "--i-know",
                        "-c",
                        config,
                        "--user",
                        "app",
                        "--schema",
                        "app",
                        "--steady",
                        "1",
                        "--json",
                        json.toString(),
                        "--kill-command",
                        "kill -9 $(cat " + pid + ")",
                        "--promote-command",
                        "echo $SLUICE_SOURCE $SLUICE_CANDIDATE >" + candidate + ".new && mv " + candidate + ".new "
                                + candidate);
                Await.until("a replica is to be promoted", LIMIT, () -> Files.exists(candidate));
                assertThat(topology.source().isAlive()).isFalse();
                String[] told = Files.readString(candidate).strip().split(" ");
                assertThat(told[0]).isEqualTo(source);
                topology.promote(numberOf(told[1], topology));
                killing.exitCode(LIMIT); // what was not replicated yet is lost here
                assertThat(killing.output())
                        .contains("failover, " + source + " -> "
                                + topology.source().address());
                assertThat(topology.source().address()).isEqualTo(told[1]);
                assertThat(Files.readString(json))
                        .contains("\"promotion_to_first_write_ms\" : ")
                        .doesNotContain("\"writes_came_back\" : false");
                assertThat(sluice.isAlive()).isTrue();
            }
        }
        assertNothingIsLeft();
    }

    /** Its table goes with it; nothing else of the servers was touched yet. */
    private void interruptOn(ReplicationTopology topology, String config) throws Exception {
        ChildProcess drill = drill("--i-know", "-c", config, "--user", "app", "--schema", "app", "--steady", "60");
        Await.until("its table is there", LIMIT, () -> hasTables(topology));
        drill.terminate();
        drill.exitCode(LIMIT);
        assertThat(topology.source().query("SHOW TABLES FROM app")).isEmpty();
    }

    private static boolean hasTables(ReplicationTopology topology) throws SQLException {
        return !topology.source().query("SHOW TABLES FROM app").isEmpty();
    }

    private static int numberOf(String address, ReplicationTopology topology) {
        return topology.servers().stream().map(MysqldProcess::address).toList().indexOf(address);
    }

    private ChildProcess drill(String... options) {
        List<String> command = new ArrayList<>(
                List.of(SluiceProcess.distribution().resolve("bin/sluice").toString(), "drill"));
        command.addAll(List.of(options));
        return ChildProcess.start(
                command,
                home.resolve("drill-" + System.nanoTime() + ".log"),
                Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "SLUICE_JAVA_OPTS",
                        "-Djava.io.tmpdir=" + temporary,
                        "SLUICE_PASSWORD",
                        "app"));
    }

    private static String program() {
        Path program = ServerBinaries.place(Lab.flavor());
        assumeTrue(Files.isExecutable(program), "the server runs in a container");
        return program.toString();
    }

    private static List<ProcessHandle> servers(ChildProcess drill) {
        return ProcessHandle.of(drill.pid())
                .map(process -> process.descendants().toList())
                .orElse(List.of());
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            assertThat(files.filter(file -> !file.getFileName().toString().startsWith("hsperfdata")))
                    .isEmpty();
        }
    }
}
