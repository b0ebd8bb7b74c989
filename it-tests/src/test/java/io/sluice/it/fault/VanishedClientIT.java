// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The machine of a client loses its power amid a transaction: nobody is told, and the locks must not stay. */
class VanishedClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** More than all buffers on the way have room for. */
    private static final int MEGABYTES = 200;

    private static final String UPDATE = "UPDATE vanished SET n = 1 WHERE id = 1";
    /** None while another transaction has the row. */
    private static final String FREE = "SELECT id FROM app.vanished WHERE id = 1 FOR UPDATE SKIP LOCKED";

    @Test
    void its_transaction_is_rolled_back_once_its_machine_answers_no_more() throws Exception {
        vanish("BEGIN", UPDATE);
    }

    @Test
    void its_transaction_is_rolled_back_although_an_answer_was_under_way() throws Exception {
        vanish("BEGIN", UPDATE, "DO SLEEP(3)");
    }

    /** Its machine says that it has no room, which is an answer. */
    @Test
    void one_that_only_reads_nothing_is_not_meant() throws Exception {
        SluiceSettings settings = settings().admin("admin", "admin");
        Endpoint admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
        try (SluiceProcess sluice = SluiceProcess.start(settings, Lab.newHome("slow-client"));
                Connection client = Lab.of(sluice).connect();
                Statement statement = client.createStatement()) {
            statement.execute("BEGIN");
            statement.setFetchSize(Integer.MIN_VALUE); // rows are read when they are asked for
            try (ResultSet rows = statement.executeQuery(
                    "SELECT REPEAT('x', 1000000) FROM information_schema.columns LIMIT " + MEGABYTES)) {
                Await.until("it has read nothing for three times as long", LIMIT, () -> {
                    try (Connection look = admin.connectAs("admin", "admin", "");
                            ResultSet silent = look.createStatement()
                                    .executeQuery("SELECT MAX(time_ms) FROM stats_mysql_processlist")) {
                        return silent.next() && silent.getLong(1) > 9000;
                    }
                });
                int count = 0;
                while (rows.next()) {
                    count++;
                }
                assertThat(count).isEqualTo(MEGABYTES);
            }
            statement.execute("COMMIT");
        }
    }

    private static SluiceSettings settings() {
        return Lab.settings(Lab.topology()).set("mysql.tcp_timeout", "3s");
    }

    private static void vanish(String... statements) throws Exception {
        Optional<String> obstacle = NamespaceNetwork.obstacle();
        assumeTrue(obstacle.isEmpty(), obstacle::get);
        MysqldProcess source = Lab.topology().source();
        source.execute(
                "CREATE TABLE app.vanished (id INT PRIMARY KEY, n INT)", "INSERT INTO app.vanished VALUES (1, 0)");
        Lab.topology().awaitCaughtUp();
        SluiceSettings settings = settings();
        try (NamespaceNetwork network = new NamespaceNetwork(1)) {
            settings.set("mysql.listen", network.here() + ":" + settings.mysqlPort());
            try (SluiceProcess sluice = SluiceProcess.start(settings, Lab.newHome("vanished-client"));
                    VanishingClient client = VanishingClient.start(
                            network.place(0),
                            network.here(),
                            sluice.port(),
                            Lab.newHome("vanishing-client").resolve("client.log"),
                            statements)) {
                Await.until("it has a lock", LIMIT, () -> source.query(FREE).isEmpty());
                network.cutFromHere(0);
                Await.until("nobody has it", LIMIT, () -> source.query(FREE).equals("1"));
                assertThat(client.isThere()).as("the client itself").isTrue();
            }
        } finally {
            source.execute("DROP TABLE app.vanished");
        }
    }
}
