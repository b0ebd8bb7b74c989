// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.sluice.core.backend.Answer;
import io.sluice.core.backend.FakeConnection;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.ServerStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PreparedStatementTest {
    private static final String READ = "SELECT a FROM t WHERE b = ?";

    private final SessionBench bench = new SessionBench(4, 2);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void ids_are_the_proxys_own_and_count_from_one() {
        TestClient client = bench.client();
        assertThat(client.prepare(READ)).hasToString("prepared 1");
        assertThat(client.prepare("SELECT 1")).hasToString("prepared 2");
        assertThat(client.execute(1, true, "x")).hasToString("rows replica1");
        assertThat(client.execute(2, true)).hasToString("rows replica1");
        assertThat(bench.replica1.connection(0).commands())
                .containsExactly(
                        "COM_STMT_PREPARE " + READ,
                        "COM_STMT_PREPARE SELECT 1",
                        "COM_STMT_EXECUTE 100",
                        "COM_STMT_EXECUTE 200");
    }

    @Test
    void works_with_classic_eof_packets() {
        bench.without(Capabilities.CLIENT_DEPRECATE_EOF);
        TestClient client = bench.client();
        assertThat(client.prepare(READ)).hasToString("prepared 1");
        assertThat(client.execute(1, true, "x")).hasToString("rows replica1");
        assertThat(client.query("SELECT a FROM t")).hasToString("rows replica1");
    }

    @Test
    void is_prepared_again_where_it_is_not_known_and_gets_its_types() {
        TestClient client = bench.client();
        client.prepare(READ);
        client.execute(1, true, "x");
        client.query("BEGIN");
        assertThat(client.execute(1, false, "y")).hasToString("rows source");
        client.query("COMMIT");

        FakeConnection source = bench.source.connection(0);
        assertThat(source.commands())
                .containsExactly(
                        "COM_QUERY BEGIN", "COM_STMT_PREPARE " + READ, "COM_STMT_EXECUTE 100", "COM_QUERY COMMIT");
        byte[] execution = source.executions().get(0);
        assertThat(ByteBufUtil.hexDump(execution, 10, execution.length - 10)).isEqualTo("00" + "01" + "fd00" + "0179");
        assertThat(client.execute(1, false, "z")).hasToString("rows replica1");
        assertThat(bench.replica1.connection(0).executions().get(1)[11])
                .as("types again")
                .isZero();
    }

    @Test
    void is_prepared_again_in_the_schema_of_its_first_preparation() {
        TestClient client = bench.client();
        client.query("USE first");
        client.prepare(READ);
        client.query("USE second");
        client.query("BEGIN");
        assertThat(client.execute(1, true, "y")).hasToString("rows source");
        assertThat(bench.source.connection(0).commands())
                .containsSubsequence(
                        "COM_INIT_DB first", "COM_STMT_PREPARE " + READ, "COM_INIT_DB second", "COM_STMT_EXECUTE 100");
    }

    @Test
    void the_client_is_told_when_preparing_again_fails() {
        TestClient client = bench.client();
        client.prepare(READ);
        bench.source.on("PREPARE " + READ, Answer.err(1146, "Table doesn't exist"));
        client.query("BEGIN");
        assertThat(client.execute(1, true, "y").error()).isNotNull();
        assertThat(bench.leased()).isEqualTo(1);
        client.query("ROLLBACK");
    }

    @Test
    void a_statement_that_does_not_parse_is_not_kept() {
        bench.replica1.on("PREPARE SELECT x", Answer.err(1064, "syntax"));
        TestClient client = bench.client();
        assertThat(client.prepare("SELECT x")).hasToString("error 1064");
        assertThat(client.execute(1, false)).hasToString("error 1243");
    }

    @Test
    void the_least_recently_used_is_closed_on_a_connection_that_has_too_many() {
        TestClient client = bench.client();
        client.prepare("SELECT 1");
        client.prepare("SELECT 2");
        client.execute(1, false);
        client.prepare("SELECT 3");
        client.execute(1, false);

        FakeConnection connection = bench.replica1.connection(0);
        assertThat(connection.commands()).contains("COM_STMT_CLOSE 200");
        assertThat(connection.prepared()).containsValues("SELECT 1", "SELECT 3").hasSize(2);
        assertThat(client.execute(2, false)).as("prepared again").hasToString("rows replica1");
        assertThat(connection.prepared()).hasSize(2);
    }

    @Test
    void sessions_share_what_is_prepared_on_a_connection() {
        TestClient first = bench.client();
        first.prepare(READ);
        first.execute(1, true, "x");
        TestClient second = bench.client();
        second.prepare("SELECT 1");
        second.prepare(READ);
        assertThat(second.execute(2, true, "x")).hasToString("rows replica1");
        assertThat(first.execute(1, false, "x")).hasToString("rows replica1");
        assertThat(bench.replica1.connections()).hasSize(1);
        assertThat(bench.replica1.connection(0).prepared()).hasSize(2);
    }

    @Test
    void a_session_may_not_have_more_than_the_limit() {
        TestClient client = bench.client();
        for (int i = 1; i <= 3; i++) {
            client.prepare("SELECT " + i);
        }
        assertThat(client.prepare("SELECT 4")).hasToString("error 1461");
        client.send(CommandCode.COM_STMT_CLOSE, body -> body.writeIntLE(1));
        assertThat(client.prepare("SELECT 4")).hasToString("prepared 4");
        assertThat(client.execute(1, false)).hasToString("error 1243");
    }

    @Test
    void long_data_goes_before_the_execution_wherever_that_is() {
        TestClient client = bench.client();
        client.prepare("INSERT INTO t VALUES (?)");
        client.send(
                CommandCode.COM_STMT_SEND_LONG_DATA,
                body -> body.writeIntLE(1).writeShortLE(0).writeBytes("long".getBytes(StandardCharsets.UTF_8)));
        client.send(
                CommandCode.COM_STMT_SEND_LONG_DATA,
                body -> body.writeIntLE(1).writeShortLE(0).writeBytes("er".getBytes(StandardCharsets.UTF_8)));
        client.sendExecute(1, true, "");
        bench.loop.settle();
        assertThat(client.answer()).hasToString("ok");
        client.execute(1, true, "short");

        assertThat(bench.source.commands())
                .containsExactly(
                        "COM_STMT_PREPARE INSERT INTO t VALUES (?)",
                        "COM_STMT_SEND_LONG_DATA 100 long",
                        "COM_STMT_SEND_LONG_DATA 100 er",
                        "COM_STMT_EXECUTE 100",
                        "COM_STMT_EXECUTE 100");
    }

    @Test
    void long_data_that_is_never_used_is_released() {
        TestClient client = bench.client();
        client.prepare("INSERT INTO t VALUES (?)");
        for (int id : List.of(1, 7)) {
            client.send(
                    CommandCode.COM_STMT_SEND_LONG_DATA,
                    body -> body.writeIntLE(id).writeShortLE(0).writeByte('x'));
        }
        client.send(CommandCode.COM_STMT_RESET, body -> body.writeIntLE(1));
        bench.loop.settle();
        assertThat(client.answer()).hasToString("ok");
        client.send(
                CommandCode.COM_STMT_SEND_LONG_DATA,
                body -> body.writeIntLE(1).writeShortLE(0).writeByte('x'));
        client.close();
        assertThat(bench.source.commands()).hasSize(1);
    }

    @Test
    void a_cursor_keeps_the_connection_until_its_last_row() {
        bench.replica1.once("SELECT 1", Answer.rows().sets(ServerStatus.SERVER_STATUS_CURSOR_EXISTS));
        bench.replica1.once("FETCH SELECT 1", Answer.rows("a"));
        bench.replica1.once(
                "FETCH SELECT 1",
                Answer.rows("b")
                        .clears(ServerStatus.SERVER_STATUS_CURSOR_EXISTS)
                        .sets(ServerStatus.SERVER_STATUS_LAST_ROW_SENT));
        TestClient client = bench.client();
        client.prepare("SELECT 1");
        client.execute(1, false);
        assertThat(bench.leased()).isEqualTo(1);
        client.send(CommandCode.COM_STMT_FETCH, body -> body.writeIntLE(1).writeIntLE(1));
        bench.loop.settle();
        assertThat(client.answer()).hasToString("rows a");
        client.send(CommandCode.COM_STMT_FETCH, body -> body.writeIntLE(1).writeIntLE(1));
        bench.loop.settle();
        assertThat(client.answer()).hasToString("rows b");
        assertThat(bench.leased()).isZero();
        client.send(CommandCode.COM_STMT_FETCH, body -> body.writeIntLE(1).writeIntLE(1));
        bench.loop.settle();
        assertThat(client.answer()).hasToString("error 1421");
    }

    @Test
    void a_cursor_is_opened_at_the_source_since_a_write_may_follow() {
        TestClient client = bench.client();
        client.prepare("SELECT 1");
        client.send(
                CommandCode.COM_STMT_EXECUTE,
                body -> body.writeIntLE(1).writeByte(1).writeIntLE(1));
        bench.loop.settle();
        assertThat(client.answer()).hasToString("rows source");
    }

    @Test
    void a_session_that_is_tied_to_a_replica_writes_nothing_there() {
        bench.replica1.once("SELECT 1", Answer.rows().sets(ServerStatus.SERVER_STATUS_CURSOR_EXISTS));
        TestClient client = bench.client();
        client.prepare("SELECT 1");
        client.execute(1, false);
        assertThat(client.query("UPDATE t SET a = 1")).hasToString("error 9512");
        assertThat(client.query("BEGIN")).hasToString("error 9512");
        assertThat(client.query("SELECT a FROM t")).hasToString("rows replica1");
        assertThat(bench.source.commands()).isEmpty();
    }

    @Test
    void an_execution_lost_as_a_write_is_not_repeated() {
        bench.source.cut("INSERT INTO t VALUES (?)", 0);
        TestClient client = bench.client();
        client.prepare("INSERT INTO t VALUES (?)");
        assertThat(client.execute(1, true, "x")).hasToString("error 9501");
        assertThat(client.execute(1, false, "x")).hasToString("ok");
        byte[] last = bench.source.connection(1).executions().get(0);
        assertThat(last[11]).as("types are sent to the new connection").isEqualTo((byte) 1);
    }

    @Test
    void minus_one_is_the_statement_prepared_last() {
        TestClient client = bench.client();
        client.prepare("SELECT 1");
        client.send(CommandCode.COM_STMT_PREPARE, "SELECT 2");
        client.sendExecute(-1, false);
        bench.loop.settle();
        assertThat(client.answers()).hasToString("[prepared 2, rows replica1]");
        assertThat(bench.replica1.connection(0).commands()).endsWith("COM_STMT_EXECUTE 200");

        bench.replica1.on("PREPARE SELECT x", Answer.err(1064, "syntax"));
        client.send(CommandCode.COM_STMT_PREPARE, "SELECT x");
        client.sendExecute(-1, false);
        bench.loop.settle();
        assertThat(client.answers()).hasToString("[error 1064, error 1243]");
    }

    @Test
    void commands_that_are_too_short_are_malformed_as_the_server_says_it() {
        TestClient client = bench.client();
        for (CommandCode code :
                List.of(CommandCode.COM_STMT_EXECUTE, CommandCode.COM_STMT_FETCH, CommandCode.COM_STMT_RESET)) {
            Reply reply = client.ask(code, "\1\0\0");
            assertThat(reply.error()).isEqualTo(Errors.malformed(false));
        }
        client.send(CommandCode.COM_STMT_FETCH, body -> body.writeIntLE(1));
        bench.loop.settle();
        assertThat(client.answer()).hasToString("error 1835");
    }

    @Test
    void the_answer_to_a_reset_has_no_flags_of_the_cursor() {
        bench.replica1.once("SELECT 1", Answer.rows().sets(ServerStatus.SERVER_STATUS_CURSOR_EXISTS));
        bench.replica1.once("FETCH SELECT 1", Answer.rows("a").sets(ServerStatus.SERVER_STATUS_LAST_ROW_SENT));
        TestClient client = bench.client();
        client.prepare("SELECT 1");
        client.execute(1, false);
        client.send(CommandCode.COM_STMT_FETCH, body -> body.writeIntLE(1).writeIntLE(1));
        bench.loop.settle();
        client.answer();
        client.send(CommandCode.COM_STMT_RESET, body -> body.writeIntLE(1));
        bench.loop.settle();
        assertThat(client.answer().status()).isEqualTo(ServerStatus.SERVER_STATUS_AUTOCOMMIT);
    }
}
