// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.view.PoolView;
import io.sluice.core.view.SessionView;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AdminPortTest {

    private AdminPortFixture port;
    private FakeView view;
    private FakeControl control;

    @BeforeEach
    void open() throws Exception {
        port = new AdminPortFixture();
        view = port.view;
        control = port.control;
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void stays_closed_without_users() throws Exception {
        assertThat(port.open(List.of())).isNull();
    }

    @Test
    void lets_nobody_in_with_a_wrong_password() {
        assertThatThrownBy(() -> port.connect("", "admin", "wrong")).isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> port.connect("", "nobody", "secret")).isInstanceOf(SQLException.class);
    }

    @Test
    void shows_the_servers() throws Exception {
        view.topology = new Topology(
                7,
                List.of(
                        FakeView.member("db1", Role.SOURCE, true, Duration.ZERO, ""),
                        FakeView.member("db2", Role.REPLICA, true, null, "replication applier is stopped")),
                "");
        assertThat(query("show servers;"))
                .containsExactly(
                        List.of("db1:3306", "source", "yes", "0", "1", "9.7.4", "", ""),
                        List.of(
                                "db2:3306",
                                "replica",
                                "yes",
                                "NULL",
                                "1",
                                "9.7.4",
                                "",
                                "replication applier is stopped"));
        assertThat(query("SHOW TOPOLOGY")).containsExactly(List.of("7", "db1:3306", "db2:3306", ""));
    }

    @Test
    void shows_sessions_and_pools() throws Exception {
        view.sessions.add(new SessionView(
                42,
                "app",
                "10.0.0.1:5000",
                "shop",
                "Relaying",
                "USER_VARIABLE",
                "db1:3306",
                17,
                "SELECT ?",
                Duration.ofMillis(12)));
        view.pools.add(new PoolView(BackendAddress.parse("db1"), 100, 5, 3, 0, 17, 12, 90, 2, 1));
        assertThat(query("SHOW SESSIONS"))
                .containsExactly(List.of(
                        "42", "app", "10.0.0.1:5000", "shop", "Relaying", "USER_VARIABLE", "db1:3306", "17", "12"));
        assertThat(query("/* tool */ show  processlist"))
                .containsExactly(List.of("42", "app", "shop", "1", "Query", "12", "SELECT ?"));
        assertThat(query("SHOW POOL"))
                .containsExactly(List.of("db1:3306", "100", "5", "3", "0", "17", "12", "90", "1.0"));
    }

    @Test
    void drains_servers_and_takes_them_back() throws SQLException {
        query("sluice drain 'db2:3306'");
        query("SLUICE DRAIN \"db3\" KILL AFTER 30;");
        query("SLUICE RESTORE 'db2:3306'");
        assertThat(control.orders).containsExactly("drain db2:3306 null", "drain db3:3306 PT30S", "restore db2:3306");
    }

    @Test
    void switches_over_while_the_client_waits_for_the_answer() throws SQLException {
        assertThat(query("SLUICE SWITCHOVER TO 'db2:3306'"))
                .containsExactly(List.of("7", "switched to db2:3306", "ok"));
        assertThat(query("/* now */ sluice  switchover to 'db2:3306' force"))
                .containsExactly(List.of("7", "switched to db2:3306 by force", "ok"));
    }

    @Test
    void says_why_an_operation_was_refused() {
        control.refusal = "db2:3306 is no online replica";
        for (String order : List.of("SWITCHOVER TO 'db2'", "DRAIN 'db2'", "RESTORE 'db2'")) {
            assertThatThrownBy(() -> query("SLUICE " + order))
                    .hasMessageContaining("Sluice: db2:3306 is no online replica");
        }
        assertThatThrownBy(() -> query("SLUICE DRAIN 'db2:x'")).hasMessageContaining("expected host:port");
        assertThatThrownBy(() -> query("SLUICE SWITCH 'db2'")).hasMessageContaining("write SLUICE SWITCHOVER TO");
    }

    @Test
    void explains_where_a_statement_would_go() throws SQLException {
        view.topology = new Topology(
                1,
                List.of(
                        FakeView.member("db1", Role.SOURCE, true, Duration.ZERO, ""),
                        FakeView.member("db2", Role.REPLICA, true, Duration.ofMillis(30), "")),
                "");
        assertThat(query("explain  route SELECT 1 /*!50000 FOR UPDATE */"))
                .contains(List.of("class", "W"), List.of("destination", "source"))
                .contains(List.of("server db2:3306", "replica, 30 ms behind: fresh enough"));
    }

    @Test
    void lists_what_it_understands_and_says_so_to_the_rest() throws Exception {
        assertThat(query("HELP")).extracting(row -> row.get(0)).contains("SHOW SERVERS", "SHOW POOL");
        assertThatThrownBy(() -> query("GRANT ALL ON x TO y"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("the admin port understands SHOW SERVERS, SHOW TOPOLOGY")
                .hasMessageEndingWith("not: GRANT ALL ON x TO y");
    }

    @Test
    void answers_what_drivers_ask_by_themselves() throws Exception {
        assertThat(query("select @@version_comment limit 1")).containsExactly(List.of("Sluice admin port"));
        assertThat(query("SELECT 1")).containsExactly(List.of("1"));
        assertThat(query("SELECT DATABASE(), USER()")).containsExactly(List.of("main", "admin"));
        assertThat(query("SELECT @@session.autocommit AS a, @@time_zone")).containsExactly(List.of("1", "SYSTEM"));
        assertThat(query("SHOW VARIABLES LIKE 'tx%'")).hasSize(2);
        assertThat(query("SET NAMES utf8mb4")).isEmpty();
        assertThatThrownBy(() -> query("SELECT @@nonsense")).hasMessageContaining("no system variable 'nonsense'");
    }

    @Test
    void shows_a_large_table_whole() throws Exception {
        for (int i = 0; i < 20_000; i++) {
            view.sessions.add(
                    new SessionView(i, "app", "10.0.0.1:5000", "shop", "Idle", "", "", 0, "", Duration.ofSeconds(i)));
        }
        assertThat(query("SHOW SESSIONS")).hasSize(20_000);
    }

    private List<List<String>> query(String sql) throws SQLException {
        return port.query(sql);
    }
}
