// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ChildProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The dashboard in a browser, before and after a failover. Pictures of it stay beside the logs. */
@DisabledIfSystemProperty(
        named = "sluice.it.flavor",
        matches = "8.0|mariadb.*",
        disabledReason = "the servers have no part in it: one flavor stands for all")
class DashboardIT {
    private static final Path SCRIPT = Path.of("clients/dashboard.js").toAbsolutePath();
    private static final Path MODULES = ServerBinaries.cache().resolve("node/node_modules");
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Test
    void shows_servers_statements_sessions_and_a_failover() throws Exception {
        Path browser = Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(browser != null, "no Chromium");
        assumeTrue(Files.isDirectory(MODULES.resolve("playwright-core")), "no playwright-core in the cache");
        try (ReplicationTopology topology = Lab.newTopology("dashboard", 2)) {
            topology.source().execute("CREATE TABLE app.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)");
            topology.awaitCaughtUp();
            SluiceSettings settings = SluiceSettings.of(topology).set("failover.hold", "60s");
            try (SluiceProcess sluice = SluiceProcess.start(settings, Lab.newHome("dashboard-sluice"));
                    Connection connection = Lab.of(sluice).connect();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TEMPORARY TABLE kept (id INT)");
                traffic(sluice);
                String source = topology.source().address();
                look(
                        browser,
                        sluice,
                        "calm",
                        "Ready|" + source + "|SELECT|temporary table|None since Sluice was started");

                topology.source().kill();
                Await.until(
                        "the source is gone",
                        LIMIT,
                        () -> sluice.log().contains("event=source_changed from=" + source));
                topology.promote(1);
                traffic(sluice);
                String promoted = topology.source().address();
                look(
                        browser,
                        sluice,
                        "failover",
                        "1 server is away|" + source + " was the source no more|" + promoted + " is the source after");
            }
        }
    }

    /** Long enough for some samples to have something to show. */
    private static void traffic(SluiceProcess sluice) throws SQLException {
        long end = System.nanoTime() + Duration.ofSeconds(7).toNanos();
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            while (System.nanoTime() < end) {
                statement.executeUpdate("INSERT INTO app.t (v) VALUES (1)");
                for (int i = 0; i < 5; i++) {
                    statement
                            .executeQuery("SELECT COUNT(*) FROM app.t WHERE v = " + i)
                            .close();
                }
            }
        }
    }

    private static void look(Path browser, SluiceProcess sluice, String name, String expected) {
        Path home = Lab.newHome("dashboard-browser");
        ChildProcess client = ChildProcess.start(
                List.of("node", SCRIPT.toString()),
                home.resolve("browser.log"),
                Map.of(
                        "NODE_PATH",
                        MODULES.toString(),
                        "SLUICE_URL",
                        "http://127.0.0.1:" + sluice.settings().httpPort(),
                        "SLUICE_BROWSER",
                        browser.toString(),
                        "SLUICE_PICTURES",
                        home.toString(),
                        "SLUICE_NAME",
                        name,
                        "SLUICE_EXPECT",
                        expected));
        int code = client.exitCode(LIMIT);
        assertThat(code).as(client.tail()).isZero();
        assertThat(client.output()).endsWith("ok\n");
    }
}
