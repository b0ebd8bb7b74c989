// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.FakeConnection;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.QueryAttributes;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KillTest {
    private static final String READ = "SELECT a FROM t";
    private static final String WRITE = "INSERT INTO t VALUES (1)";

    private final SessionBench bench = new SessionBench(1, 4);

    @AfterEach
    void close() {
        bench.close();
    }

    /** A client whose statement does not end by itself. */
    private TestClient busy(String sql) {
        bench.source.late(sql);
        bench.replica1.late(sql);
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, sql);
        bench.loop.settle();
        return client;
    }

    /** Sends a query of a client that has agreed on query attributes. */
    private void send(TestClient client, String sql) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        client.send(
                CommandCode.COM_QUERY,
                body -> body.writeBytes(QueryAttributes.NONE).writeBytes(text));
        bench.loop.settle();
    }

    private void end(FakeConnection connection, Answer answer) {
        connection.sayLate(answer);
        bench.loop.settle();
    }

    @Test
    void takes_an_id_from_a_user_variable() {
        TestClient victim = busy(READ);
        TestClient killer = bench.client();
        killer.query("SET @Victim = 1");
        assertThat(killer.query("KILL QUERY @victim")).hasToString("ok");
        assertThat(bench.replica1.commands()).contains("COM_QUERY KILL QUERY 1");

        end(bench.replica1.connection(0), Answer.err(1317, "Query execution was interrupted"));
        assertThat(victim.answer()).hasToString("error 1317");
    }

    @Test
    void reaches_the_statement_wherever_it_runs() {
        TestClient victim = busy(READ);
        TestClient killer = bench.client();
        assertThat(killer.query("kill query /* why not */ 1;")).hasToString("ok");
        assertThat(bench.replica1.commands()).contains("COM_QUERY KILL QUERY 1");
        assertThat(bench.source.commands()).isEmpty();

        end(bench.replica1.connection(0), Answer.err(1317, "Query execution was interrupted"));
        assertThat(victim.answer()).hasToString("error 1317");
        assertThat(victim.query("SELECT b FROM t")).hasToString("rows replica1");
    }

    @Test
    void needs_no_connection_of_the_pool_and_keeps_none() {
        busy(READ);
        bench.client().query("KILL QUERY 1");
        assertThat(bench.replica1.connections()).hasSize(2);
        assertThat(bench.replica1.openConnections()).hasSize(1);
        end(bench.replica1.connection(0), Answer.rows("done"));
    }

    @Test
    void has_attributes_where_the_server_expects_them() {
        bench.with(Capabilities.CLIENT_QUERY_ATTRIBUTES);
        bench.source.late(WRITE);
        TestClient victim = bench.client();
        send(victim, WRITE);
        TestClient killer = bench.client();
        send(killer, "KILL QUERY 1");
        assertThat(killer.answer()).hasToString("ok");
        FakeConnection kills = bench.source.connection(1);
        assertThat(kills.commands()).containsExactly("COM_QUERY KILL QUERY 1");
        assertThat(kills.attributes()).containsExactly(QueryAttributes.NONE);
        end(bench.source.connection(0), Answer.ok());
    }

    @Test
    void never_hits_the_statement_of_the_next_session() {
        TestClient victim = busy(READ);
        bench.replica1.late("KILL QUERY 1");
        TestClient killer = bench.client();
        killer.send(CommandCode.COM_QUERY, "KILL QUERY 1");
        bench.loop.settle();
        end(bench.replica1.connection(0), Answer.rows("in time"));
        assertThat(victim.answer()).hasToString("rows in time");

        TestClient next = bench.client();
        next.send(CommandCode.COM_QUERY, "SELECT b FROM t");
        bench.loop.settle();
        assertThat(next.answers()).as("while the KILL is on its way").isEmpty();
        end(bench.replica1.connection(1), Answer.ok());
        assertThat(killer.answer()).hasToString("ok");
        assertThat(next.answer()).hasToString("rows replica1");
        assertThat(bench.replica1.connection(0).commands())
                .containsSubsequence("COM_QUERY " + READ, "COM_RESET_CONNECTION", "COM_QUERY SELECT b FROM t");
    }

    @Test
    void ends_a_wait() {
        TestClient holder = bench.client();
        holder.query("BEGIN");
        TestClient victim = bench.client();
        victim.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        assertThat(bench.client().query("KILL QUERY 2")).hasToString("ok");
        assertThat(victim.answer()).hasToString("error 1317");
        assertThat(bench.waiting()).isZero();
        holder.query("COMMIT");
        assertThat(victim.query(WRITE)).hasToString("ok");
    }

    @Test
    void ends_a_wait_for_a_source() {
        bench.publish(null, bench.replica1);
        TestClient victim = bench.client();
        victim.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        assertThat(bench.client().query("KILL QUERY 1")).hasToString("ok");
        assertThat(victim.answer()).hasToString("error 1317");
    }

    @Test
    void closes_the_client_when_the_server_closes_the_connection() {
        TestClient victim = busy(READ);
        bench.replica1.late("KILL 1");
        TestClient killer = bench.client();
        killer.send(CommandCode.COM_QUERY, "KILL 1");
        bench.loop.settle();
        bench.replica1.connection(0).close();
        bench.loop.settle();
        assertThat(victim.isOpen()).as("not sent again, though it is a read").isFalse();
        end(bench.replica1.connection(1), Answer.ok());
        assertThat(killer.answer()).hasToString("ok");
    }

    @Test
    void closes_the_client_whose_statement_was_faster() {
        TestClient victim = busy(READ);
        bench.client().query("KILL CONNECTION 1");
        end(bench.replica1.connection(0), Answer.rows("in time"));
        assertThat(victim.answer()).hasToString("rows in time");
        assertThat(victim.isOpen()).isFalse();
    }

    @Test
    void closes_an_idle_client_with_its_transaction() {
        TestClient victim = bench.client();
        victim.query("BEGIN");
        TestClient killer = bench.client();
        killer.query("KILL 1");
        bench.source.connection(0).close();
        bench.loop.settle();
        assertThat(bench.source.commands()).contains("COM_QUERY KILL 1");
        assertThat(victim.isOpen()).isFalse();
        assertThat(victim.answers()).isEmpty();
    }

    @Test
    void closes_an_idle_client_that_no_server_knows() {
        TestClient victim = bench.client();
        TestClient killer = bench.client();
        assertThat(killer.query("KILL QUERY 1")).hasToString("ok");
        assertThat(victim.isOpen()).isTrue();
        assertThat(killer.query("KILL 1")).hasToString("ok");
        assertThat(victim.isOpen()).isFalse();
        assertThat(killer.query("KILL 1")).as("a server's own id from now on").hasToString("ok");
        assertThat(bench.source.commands()).containsExactly("COM_QUERY KILL 1");
    }

    @Test
    void lets_the_server_judge_who_may_kill_whom() {
        TestClient victim = bench.client();
        TestClient killer = bench.as("other").client();
        bench.source.once("KILL QUERY 1", Answer.err(1095, "You are not owner of thread 1"));
        bench.source.once("KILL QUERY 3", Answer.ok());
        assertThat(killer.query("KILL 1")).hasToString("error 1095");
        assertThat(victim.isOpen()).isTrue();
        assertThat(killer.query("KILL 1")).hasToString("ok");
        assertThat(victim.isOpen()).isFalse();
        assertThat(bench.source.openConnections()).isEmpty();
    }

    @Test
    void reaches_a_session_whose_account_cannot_log_in_any_more() {
        TestClient victim = bench.as("dropped").client();
        TestClient killer = bench.as("other").client();
        SqlError denied = new SqlError(1045, "28000", "Access denied for user 'dropped'");
        bench.source.refuse("dropped", new ConnectFailure(denied.message(), denied));
        bench.source.once("KILL QUERY 1", Answer.err(1095, "You are not owner of thread 1"));

        assertThat(killer.query("KILL 1")).hasToString("error 1095");
        assertThat(victim.isOpen()).isTrue();
        assertThat(killer.query("KILL 1")).hasToString("ok");
        assertThat(victim.isOpen()).isFalse();
        assertThat(bench.source.openConnections()).isEmpty();
    }

    @Test
    void by_the_monitors_user_is_judged_by_nobody_else() {
        bench.as("dropped").client();
        TestClient killer = bench.as("monitor").client();
        SqlError denied = new SqlError(1045, "28000", "Access denied for user 'dropped'");
        bench.source.refuse("dropped", new ConnectFailure(denied.message(), denied));

        assertThat(killer.query("KILL 1")).hasToString("error 9504");
    }

    @Test
    void of_another_user_is_refused_even_if_servers_know_both_by_one_name() {
        TestClient victim = bench.knownAs("shared").client();
        TestClient killer = bench.as("other").client();
        assertThat(killer.query("KILL 1")).hasToString("error 1095");
        assertThat(killer.query("KILL QUERY 1")).hasToString("error 1095");
        assertThat(victim.isOpen()).isTrue();
        assertThat(bench.source.commands()).isEmpty();
        assertThat(bench.client().query("KILL 2")).hasToString("ok");
        assertThat(killer.isOpen()).isFalse();
    }

    @Test
    void of_ones_own_is_done_whatever_the_servers_call_one() {
        TestClient victim = bench.knownAs("behind").client();
        assertThat(bench.client().query("KILL 1")).hasToString("ok");
        assertThat(victim.isOpen()).isFalse();
        assertThat(bench.source.commands()).isEmpty();
    }

    @Test
    void kills_itself() {
        TestClient client = bench.client();
        assertThat(client.query("KILL QUERY CONNECTION_ID()")).hasToString("error 1317");
        assertThat(client.query("KILL QUERY 1")).hasToString("error 1317");
        assertThat(client.isOpen()).isTrue();
        assertThat(client.query("KILL CONNECTION_ID()")).hasToString("error 1317");
        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void an_operator_needs_no_session() {
        TestClient idle = bench.client();
        assertThat(kill(1, false)).isNull();
        assertThat(idle.isOpen()).isFalse();
        TestClient victim = busy(READ);
        assertThat(kill(2, true)).isNull();
        assertThat(bench.replica1.commands()).contains("COM_QUERY KILL QUERY 1");
        end(bench.replica1.connection(0), Answer.err(1317, "Query execution was interrupted"));
        assertThat(victim.answer()).hasToString("error 1317");
        assertThat(kill(1, false)).extracting(SqlError::code).isEqualTo(1094);
    }

    private @Nullable SqlError kill(long id, boolean query) {
        CompletableFuture<@Nullable SqlError> answer = bench.scope().directory().kill(id, query);
        bench.loop.settle();
        assertThat(answer).isCompleted();
        return answer.join();
    }

    @Test
    void is_a_command_too() {
        TestClient victim = bench.client();
        TestClient killer = bench.client();
        killer.send(CommandCode.COM_PROCESS_KILL, body -> body.writeIntLE(1));
        bench.loop.settle();
        assertThat(killer.answer()).hasToString("ok");
        assertThat(victim.isOpen()).isFalse();
    }

    @Test
    void tells_when_the_server_cannot_be_asked() {
        busy(READ);
        bench.replica1.refuse(new ConnectFailure("refused", null));
        assertThat(bench.client().query("KILL QUERY 1")).hasToString("error 9504");
        end(bench.replica1.connection(0), Answer.rows("done"));
        assertThat(bench.leased()).isZero();
    }
}
