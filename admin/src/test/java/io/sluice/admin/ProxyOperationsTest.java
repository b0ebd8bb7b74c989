// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** PROXYSQL PAUSE and the like, and KILL. */
class ProxyOperationsTest {
    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        port = new AdminPortFixture();
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void clients_are_kept_out_and_let_in() throws SQLException {
        for (String sql : List.of("PROXYSQL PAUSE", "proxysql resume;", "SLUICE PAUSE", "sluice  resume")) {
            port.query(sql);
        }
        assertThat(port.clients.orders).containsExactly("pause", "resume", "pause", "resume");
        assertThat(port.query("SELECT statement, outcome FROM audit LIMIT 1"))
                .containsExactly(List.of("PROXYSQL PAUSE", "ok"));
    }

    @Test
    void the_process_ends_in_the_one_way_or_the_other() throws SQLException {
        for (String sql : List.of("PROXYSQL SHUTDOWN", "SLUICE SHUTDOWN SLOW", "PROXYSQL KILL")) {
            port.query(sql);
        }
        assertThat(port.clients.orders).containsExactly("stop", "stop", "halt");
    }

    @Test
    void there_is_nothing_to_flush() throws SQLException {
        for (String what : List.of("LOGS", "QUERY CACHE", "CONFIGDB")) {
            assertThat(port.query("PROXYSQL FLUSH " + what)).isEmpty();
        }
        assertThat(port.clients.orders).isEmpty();
    }

    @Test
    void sessions_and_statements_are_killed() throws SQLException {
        port.query("KILL CONNECTION 7");
        port.query("kill query 7");
        port.query("KILL 7;");
        assertThat(port.clients.orders).containsExactly("kill 7", "kill 7 query", "kill 7");
        assertThatThrownBy(() -> port.query("KILL 8")).hasMessageContaining("Unknown thread id: 8");
        assertThatThrownBy(() -> port.query("KILL all of them"))
                .hasMessageContaining("write KILL [CONNECTION | QUERY] id");
    }

    @Test
    void what_cannot_be_says_what_can() {
        Map.of(
                        "PROXYSQL RESTART", "systemctl restart sluice",
                        "SLUICE RESTART", "LOAD CONFIG",
                        "PROXYSQL STOP", "PROXYSQL PAUSE keeps new clients out",
                        "PROXYSQL START", "PROXYSQL SHUTDOWN ends it",
                        "PROXYSQL READONLY", "admin.users[].role",
                        "PROXYSQL FLUSH MYSQL CLIENT HOSTS", "there are PROXYSQL PAUSE | RESUME")
                .forEach((sql, why) ->
                        assertThatThrownBy(() -> port.query(sql)).as(sql).hasMessageContaining(why));
    }
}
