// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import io.sluice.it.WireClient;
import io.sluice.it.fault.NetworkRelay;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Statements that the server has executed and answered, but whose answer never came: what Sluice says in its place is
 * compared with what the server says of the same statement.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostResultIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long LATE = 1500;
    private static final String COLUMNS = " (a INT NOT NULL, b VARCHAR(20) CHARACTER SET utf8mb4, c TINYINT UNSIGNED"
            + " DEFAULT 7, t TIMESTAMP DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)";

    private ReplicationTopology topology;
    private NetworkRelay network;
    private SluiceProcess sluice;

    @BeforeAll
    void begin() throws IOException, SQLException {
        assumeTrue(Lab.flavor() != ServerFlavor.MYSQL_8_0, "no tags before MySQL 8.3");
        topology = Lab.newTopology("lost-results", 1);
        String administrator = Lab.flavor().isMariaDb() ? "CONNECTION ADMIN" : "CONNECTION_ADMIN";
        topology.source()
                .execute(
                        "CREATE TABLE app.plain" + COLUMNS,
                        "CREATE TABLE app.counted (a INT AUTO_INCREMENT PRIMARY KEY, b INT)",
                        "CREATE TABLE app.triggered (a INT)",
                        "CREATE TRIGGER app.silent BEFORE INSERT ON app.triggered FOR EACH ROW SET NEW.a = NEW.a + 1",
                        "CREATE TABLE app.computed (a INT, b INT AS (a + 1))",
                        "CREATE TABLE app.old (a INT)",
                        "CREATE TABLE app.emptied (a INT)",
                        "GRANT SELECT, TRIGGER, " + administrator + " ON *.* TO monitor@'%'");
        topology.awaitCaughtUp();
        network = new NetworkRelay(topology.source().port());
        SluiceSettings settings = new SluiceSettings().user("app", "app");
        settings.server(network.address());
        settings.server(topology.server(1).address());
        settings.set("monitor.interval", "200ms").set("monitor.timeout", "20s");
        settings.set("failover.verify_writes", true);
        sluice = SluiceProcess.start(settings, Lab.newHome("lost-results-sluice"));
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            String marked = Lab.flavor().isMariaDb()
                    ? "SELECT COUNT(*) FROM app.old WHERE @@server_id > 4200000000"
                    : "SELECT COUNT(*) FROM app.old WHERE @@gtid_next LIKE 'AUTOMATIC:%'";
            statement.executeUpdate("INSERT INTO old VALUES (1)");
            Await.until("writes are marked", LIMIT, () -> {
                statement.execute("BEGIN");
                statement.executeUpdate("DELETE FROM old WHERE a = 2");
                statement.executeUpdate("INSERT INTO old VALUES (2)");
                try (ResultSet row = statement.executeQuery(marked)) {
                    row.next();
                    return row.getInt(1) > 0;
                } finally {
                    statement.execute("COMMIT");
                }
            });
        }
        String age = "SELECT MIN(NOW() - INTERVAL 12 SECOND > CREATE_TIME) FROM information_schema.TABLES"
                + " WHERE TABLE_SCHEMA = 'app'";
        Await.until(
                "the tables are no longer new",
                LIMIT,
                () -> topology.source().query(age).equals("1"));
    }

    @AfterAll
    void end() throws IOException {
        if (topology != null) {
            sluice.close();
            network.close();
            topology.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INSERT INTO plain (a) VALUES (1)",
                "INSERT INTO plain (a, b, c) VALUES (2, 'two', 255)",
                "INSERT INTO app.plain (a, b) VALUES (3, 'x'), (-4, NULL), (5, \"it's\")",
                "INSERT INTO plain (b, a) VALUES ('12345678901234567890', 2147483647)",
            })
    void rows_of_literals(String sql) throws Exception {
        byte[] derived = loseAnswerTo(sql, "SELECT COUNT(*) FROM app.plain");
        assertThat(derived).isEqualTo(answerOfServer(sql));
    }

    @Test
    void definitions_of_one_table() throws Exception {
        String tables = "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'app'";
        byte[] created = loseAnswerTo("CREATE TABLE lost (a INT NOT NULL PRIMARY KEY, b VARCHAR(30))", tables);
        assertThat(created).isEqualTo(answerOfServer("CREATE TABLE own (a INT NOT NULL PRIMARY KEY, b VARCHAR(30))"));
        byte[] dropped = loseAnswerTo("DROP TABLE lost", tables);
        assertThat(dropped).isEqualTo(answerOfServer("DROP TABLE own"));
        topology.source().execute("INSERT INTO app.emptied VALUES (1)");
        byte[] emptied = loseAnswerTo("TRUNCATE TABLE emptied", "SELECT COUNT(*) FROM app.emptied");
        assertThat(emptied).isEqualTo(answerOfServer("TRUNCATE TABLE emptied"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "INSERT INTO counted (b) VALUES (1)|counted",
                "INSERT INTO triggered VALUES (1)|triggered",
                "INSERT INTO computed (a) VALUES (1)|computed",
                "INSERT INTO plain (a, b) VALUES (1, 2)|plain",
                "INSERT IGNORE INTO plain (a) VALUES (9)|plain",
                "INSERT INTO plain (a) SELECT 1|plain",
                "INSERT INTO plain (a, t) VALUES (1, '2020-01-01')|plain",
                "DELETE FROM old WHERE a = 1|old",
            })
    void what_could_be_answered_in_more_than_one_way(String sql, String table) throws Exception {
        byte[] answer = loseAnswerTo(sql, "SELECT COUNT(*) FROM app." + table);
        assertThat(WireClient.isError(answer)).isTrue();
        assertThat(answer[1] & 0xFF | (answer[2] & 0xFF) << 8).isEqualTo(9515);
    }

    /** Executed once, and answered; the answer is on its way when the connection is lost. */
    private byte[] loseAnswerTo(String sql, String changes) throws Exception {
        try (WireClient client = WireClient.loggedIn(sluice.port())) {
            client.query("DELETE FROM old WHERE a = -1"); // a connection to the source is there, and marked
            assertThat(WireClient.isError(client.readPacket())).isFalse();
            String before = topology.source().query(changes);
            network.delay(LATE);
            client.query(sql);
            Await.until(
                    "it is executed",
                    LIMIT,
                    () -> !topology.source().query(changes).equals(before));
            network.drop();
            network.delay(0);
            byte[] answer = client.readPacket();
            client.query("DELETE FROM old WHERE a = -1");
            assertThat(WireClient.isError(client.readPacket()))
                    .as("the session goes on")
                    .isFalse();
            return answer;
        }
    }

    private byte[] answerOfServer(String sql) throws IOException {
        try (WireClient client = WireClient.loggedIn(sluice.port())) {
            client.query(sql);
            byte[] answer = client.readPacket();
            assertThat(WireClient.isError(answer)).as(Arrays.toString(answer)).isFalse();
            return answer;
        }
    }
}
