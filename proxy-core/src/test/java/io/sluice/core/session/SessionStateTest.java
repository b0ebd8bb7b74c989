// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ServerStatus;
import io.sluice.routing.topology.Flavor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionStateTest {
    private static final String READ = "SELECT a FROM t";

    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void variables_follow_the_session_as_a_difference() {
        bench.source.on("SET sql_safe_updates=1", Answer.ok().variable("sql_safe_updates", "1"));
        bench.source.on("SET time_zone='+01:00'", Answer.ok().variable("time_zone", "+01:00"));
        TestClient client = bench.client();
        client.query("SET sql_safe_updates=1");
        client.query(READ);
        client.query("SET time_zone='+01:00'");
        client.query(READ);
        client.query(READ);

        assertThat(bench.replica1.commands())
                .containsExactly(
                        "COM_QUERY SET @@session.`sql_safe_updates`=1",
                        "COM_QUERY " + READ,
                        "COM_QUERY SET @@session.`time_zone`=_utf8mb4 X'2b30313a3030'",
                        "COM_QUERY " + READ,
                        "COM_QUERY " + READ);
        assertThat(bench.resets()).isZero();
    }

    @Test
    void a_connection_forgets_the_variables_of_the_session_before() {
        bench.source.on("SET sql_safe_updates=1", Answer.ok().variable("sql_safe_updates", "1"));
        bench.client().query("SET sql_safe_updates=1");
        bench.client().query("INSERT INTO t VALUES (1)");

        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_QUERY SET sql_safe_updates=1",
                        "COM_QUERY SET @@session.`sql_safe_updates`=DEFAULT",
                        "COM_QUERY INSERT INTO t VALUES (1)");
    }

    @Test
    void a_session_that_begins_after_a_grant_or_a_global_setting_sees_it() {
        for (String sql : new String[] {"REVOKE SELECT ON a.* FROM b", "SET GLOBAL sort_buffer_size=65536"}) {
            bench.client().query("INSERT INTO t VALUES (1)");
            int before = bench.source.connections().size();
            TestClient client = bench.client();
            client.query("BEGIN");
            bench.client().query(sql);
            client.query("COMMIT");
            bench.client().query("INSERT INTO t VALUES (2)");

            assertThat(bench.source.connections().subList(0, before + 1))
                    .as(sql)
                    .noneMatch(connection -> connection.commands().contains("COM_QUERY INSERT INTO t VALUES (2)"));
            bench.source
                    .connections()
                    .forEach(connection -> connection.commands().clear());
        }
    }

    @Test
    void what_is_set_without_a_scope_is_asked_of_mariadb_whose_tracker_is_silent() {
        bench.source.be(Flavor.MARIADB);
        bench.source.on("SELECT @@session.`sql_safe_updates`", Answer.rows("1"));
        TestClient client = bench.client();
        client.query("SET @@sql_safe_updates=1");
        client.query(READ);
        bench.client().query("INSERT INTO t VALUES (1)");

        assertThat(bench.replica1.commands())
                .containsExactly("COM_QUERY SET @@session.`sql_safe_updates`=1", "COM_QUERY " + READ);
        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_QUERY SET @@sql_safe_updates=1",
                        "COM_QUERY SELECT @@session.`sql_safe_updates`",
                        "COM_QUERY SET @@session.`sql_safe_updates`=DEFAULT",
                        "COM_QUERY INSERT INTO t VALUES (1)");
    }

    @Test
    void what_is_set_without_a_scope_and_cannot_be_asked_for_keeps_its_connection() {
        bench.source.be(Flavor.MARIADB);
        bench.source.on("SET @@sql_safe_updates=9", Answer.ok().warnings(1));
        TestClient client = bench.client();
        client.query("SET @@sql_safe_updates=9");
        client.query(READ);

        assertThat(bench.source.commands()).containsExactly("COM_QUERY SET @@sql_safe_updates=9", "COM_QUERY " + READ);
    }

    @Test
    void the_drop_of_another_schema_leaves_the_session_its_own() {
        bench.source.on("DROP DATABASE other", Answer.ok().sets(ServerStatus.SERVER_STATUS_DB_DROPPED));
        bench.source.on("DROP DATABASE here", Answer.ok().schema(""));
        TestClient client = bench.client();
        client.ask(CommandCode.COM_INIT_DB, "here");
        client.query("DROP DATABASE other");
        client.query(READ);
        assertThat(bench.replica1.commands()).containsExactly("COM_INIT_DB here", "COM_QUERY " + READ);
        client.query("DROP DATABASE here");
        client.query("SELECT b FROM t");
        assertThat(bench.replica1.connection(1).commands()).containsExactly("COM_QUERY SELECT b FROM t");
    }

    @Test
    void mariadb_keeps_the_charset_of_the_login_over_a_reset() {
        bench.source.be(Flavor.MARIADB);
        TestClient client = bench.client();
        client.ask(CommandCode.COM_RESET_CONNECTION, "");
        client.query("INSERT INTO t VALUES (1)");

        assertThat(bench.source.commands()).containsExactly("COM_QUERY INSERT INTO t VALUES (1)");
    }

    @Test
    void charsets_of_the_handshake_come_back_by_a_reset() {
        bench.source.on(
                "SET NAMES latin1",
                Answer.ok()
                        .variable("character_set_client", "latin1")
                        .variable("character_set_results", "latin1")
                        .variable("character_set_connection", "latin1")
                        .variable("collation_connection", "latin1_swedish_ci"));
        TestClient first = bench.client();
        first.query("SET NAMES latin1");
        first.query(READ);
        assertThat(bench.replica1.commands().get(0)).contains("`character_set_client`=_utf8mb4 X'6c6174696e31'");
        bench.client().query("INSERT INTO t VALUES (1)");

        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_QUERY SET NAMES latin1",
                        "COM_QUERY SELECT @@session.`collation_connection`",
                        "COM_RESET_CONNECTION",
                        "COM_QUERY INSERT INTO t VALUES (1)");
        assertThat(bench.source.connection(0).allCommands())
                .anyMatch(command -> command.contains("`character_set_client`=_utf8mb4 X'757466386d6234'"));
    }

    @Test
    void after_a_reset_the_schema_is_chosen_again_since_servers_forget_its_charset() {
        TestClient client = bench.client();
        client.ask(CommandCode.COM_INIT_DB, "app");
        client.query("SELECT GET_LOCK('a', 0)");
        client.ask(CommandCode.COM_RESET_CONNECTION, "");
        client.query("INSERT INTO t VALUES (1)");

        assertThat(bench.source.commands())
                .containsSubsequence("COM_RESET_CONNECTION", "COM_INIT_DB app", "COM_QUERY INSERT INTO t VALUES (1)");
        assertThat(bench.source.connections()).hasSize(1);
    }

    @Test
    void a_schema_that_is_gone_does_not_make_the_reset_fail() {
        TestClient client = bench.client();
        client.ask(CommandCode.COM_INIT_DB, "app");
        client.query("SELECT GET_LOCK('a', 0)");
        bench.source.on("USE app", Answer.err(1049, "Unknown database 'app'"));
        client.ask(CommandCode.COM_RESET_CONNECTION, "");

        assertThat(client.query("INSERT INTO t VALUES (1)")).hasToString("ok");
        assertThat(bench.source.connections()).hasSize(1);
    }

    @Test
    void a_variable_that_cannot_be_set_elsewhere_is_an_error_and_no_result() {
        bench.source.on("SET sql_safe_updates=1", Answer.ok().variable("sql_safe_updates", "1"));
        bench.replica1.on("SET @@session.`sql_safe_updates`=1", Answer.err(1193, "Unknown system variable"));
        TestClient client = bench.client();
        client.query("SET sql_safe_updates=1");
        assertThat(client.query(READ)).hasToString("error 9507");
        assertThat(client.query("INSERT INTO t VALUES (1)")).hasToString("ok");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void the_schema_follows_the_session() {
        bench.withSchema("a");
        TestClient client = bench.client();
        client.query(READ);
        client.ask(CommandCode.COM_INIT_DB, "b");
        client.query("USE c");
        client.query(READ);
        client.query(READ);

        assertThat(bench.replica1.commands())
                .containsExactly(
                        "COM_INIT_DB a",
                        "COM_QUERY " + READ,
                        "COM_INIT_DB c",
                        "COM_QUERY " + READ,
                        "COM_QUERY " + READ);
        assertThat(bench.session().view().schema()).isEqualTo("c");
    }

    @Test
    void a_session_without_a_schema_does_not_inherit_one() {
        bench.withSchema("a").client().query(READ);
        bench.withSchema(null).client().query(READ);
        assertThat(bench.replica1.connections()).hasSize(2);
        assertThat(bench.replica1.connection(1).commands()).containsExactly("COM_QUERY " + READ);
    }

    @Test
    void a_schema_that_is_gone_is_told_in_the_servers_words() {
        bench.withSchema("a");
        bench.replica1.on("USE a", Answer.err(1049, "Unknown database 'a'"));
        assertThat(bench.client().query(READ)).hasToString("error 1049");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void reset_connection_ends_what_was_open() {
        bench.source.on("SET sql_safe_updates=1", Answer.ok().variable("sql_safe_updates", "1"));
        TestClient client = bench.client();
        client.query("SET sql_safe_updates=1");
        client.prepare("SELECT 1");
        client.query("BEGIN");
        assertThat(client.ask(CommandCode.COM_RESET_CONNECTION, "")).hasToString("ok");

        assertThat(bench.leased()).isZero();
        assertThat(bench.source.commands()).endsWith("COM_RESET_CONNECTION");
        assertThat(client.execute(1, false)).hasToString("error 1243");
        assertThat(client.query(READ)).hasToString("rows replica1");
        assertThat(bench.replica1.commands())
                .contains("COM_QUERY SET @@session.`sql_safe_updates`=DEFAULT")
                .endsWith("COM_QUERY " + READ);
    }

    @Test
    void last_insert_id_is_asked_for_where_it_is() {
        TestClient client = bench.client();
        client.query("INSERT INTO t VALUES (1)");
        client.query("SELECT LAST_INSERT_ID()");
        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_QUERY INSERT INTO t VALUES (1)",
                        "COM_QUERY SET last_insert_id=0",
                        "COM_QUERY SELECT LAST_INSERT_ID()");
    }

    @Test
    void last_insert_id_follows_the_session_when_its_connection_went_to_another() {
        try (SessionBench small = new SessionBench(1, 4)) {
            small.source.on("INSERT INTO t VALUES (1)", Answer.ok().insertId(42));
            TestClient client = small.client();
            client.query("INSERT INTO t VALUES (1)");
            small.client().query("INSERT INTO t VALUES (2)");
            client.query("SELECT LAST_INSERT_ID()");
            assertThat(small.source.commands())
                    .endsWith("COM_QUERY SET last_insert_id=42", "COM_QUERY SELECT LAST_INSERT_ID()");
        }
    }

    @Test
    void warnings_are_asked_for_where_they_are() {
        bench.replica1.on(READ, Answer.rows("a").warnings(1));
        TestClient client = bench.client();
        client.query(READ);
        client.query("SHOW WARNINGS");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + READ, "COM_QUERY SHOW WARNINGS");
    }
}
