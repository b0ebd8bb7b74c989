// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The program as its operator meets it: start, stop, and mistakes in the configuration. */
class ProgramIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration FIRST_QUERY_LIMIT = Duration.ofSeconds(20);

    /** What a JVM says whose shutdown hooks ran after SIGTERM. */
    private static final int TERMINATED = 128 + 15;

    @Test
    void sigterm_lets_a_transaction_end_and_refuses_new_clients() throws SQLException {
        SluiceProcess sluice = SluiceProcess.start(Lab.settings(Lab.topology()), Lab.newHome("drain"));
        try (Connection busy = Lab.of(sluice).connect();
                Statement statement = busy.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS drained (id INT AUTO_INCREMENT PRIMARY KEY)");
            statement.execute("BEGIN");
            statement.executeUpdate("INSERT INTO drained VALUES ()");
            sluice.terminate();
            Await.until("new clients are refused", LIMIT, () -> {
                try {
                    Lab.of(sluice).connect("connectTimeout=1000").close();
                    return false;
                } catch (SQLException e) {
                    return true;
                }
            });
            statement.executeUpdate("INSERT INTO drained VALUES ()");
            statement.execute("COMMIT");
            SQLException gone = catchThrowableOfType(SQLException.class, () -> {
                for (int i = 0; i < 1000; i++) {
                    try (ResultSet rows = statement.executeQuery("SELECT 1")) {
                        rows.next();
                    }
                }
            });
            assertThat((Throwable) gone)
                    .as("the end of the session after its transaction")
                    .isNotNull();
            assertThat(sluice.exitCode(LIMIT)).isIn(0, TERMINATED);
        } finally {
            sluice.close();
        }
    }

    @Test
    void sigterm_ends_an_idle_program_at_once() {
        try (SluiceProcess sluice = SluiceProcess.start(Lab.settings(Lab.topology()), Lab.newHome("idle"))) {
            sluice.terminate();
            assertThat(sluice.exitCode(Duration.ofSeconds(8))).isIn(0, TERMINATED);
        }
    }

    /** On an idle machine it is under 2 s; the bound is for busy ones, and catches gross faults alone. */
    @Test
    void the_first_query_is_answered_soon_after_the_start() {
        SluiceSettings settings = Lab.settings(Lab.topology());
        long begin = System.nanoTime();
        try (SluiceProcess sluice = SluiceProcess.launch(settings, Lab.newHome("first-query"))) {
            Await.until("the first query", FIRST_QUERY_LIMIT, () -> {
                try (Connection connection = Lab.of(sluice).connect("connectTimeout=1000");
                        Statement statement = connection.createStatement();
                        ResultSet rows = statement.executeQuery("SELECT 1")) {
                    return rows.next();
                } catch (SQLException notYet) {
                    return false;
                }
            });
            long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
            System.out.println("start to first query: " + millis + " ms");
        }
    }

    @Test
    void a_port_in_use_is_named() {
        SluiceSettings settings = Lab.settings(Lab.topology());
        settings.set("mysql.listen", "127.0.0.1:" + Lab.sluice().port());
        try (SluiceProcess second = SluiceProcess.launch(settings, Lab.newHome("port"))) {
            assertThat(second.exitCode(LIMIT)).isNotZero();
            assertThat(second.log())
                    .contains(Integer.toString(Lab.sluice().port()))
                    .contains("in use");
        }
    }

    @Test
    void a_misspelt_key_ends_with_2_and_the_nearest_key() {
        SluiceSettings settings = Lab.settings(Lab.topology()).set("mysql.thraeds", 2);
        try (SluiceProcess sluice = SluiceProcess.launch(settings, Lab.newHome("misspelt"))) {
            assertThat(sluice.exitCode(LIMIT)).isEqualTo(2);
            assertThat(sluice.log()).contains("mysql.thraeds").contains("threads");
        }
    }

    @Test
    void several_mistakes_are_reported_at_once() {
        SluiceSettings settings =
                Lab.settings(Lab.topology()).set("mysql.threads", "many").set("monitor.interval", "soon");
        try (SluiceProcess sluice = SluiceProcess.launch(settings, Lab.newHome("mistakes"))) {
            assertThat(sluice.exitCode(LIMIT)).isEqualTo(2);
            assertThat(sluice.log()).contains("mysql.threads").contains("monitor.interval");
        }
    }

    @Test
    void http_ports_answer() throws IOException, InterruptedException {
        assertThat(Lab.sluice().http("/healthz").statusCode()).isEqualTo(200);
        assertThat(Lab.sluice().http("/readyz").statusCode()).isEqualTo(200);
        assertThat(Lab.sluice().http("/metrics").body()).contains("sluice_");
        assertThat(Lab.sluice().http("/nothing").statusCode()).isEqualTo(404);
    }
}
