// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static io.sluice.core.session.SessionBench.UUID;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.sluice.core.backend.Answer;
import io.sluice.core.session.OutcomeJudge.Outcome;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.packet.OkPacket;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of a write whose answer got lost, when that can be found out. */
class VerificationTest {
    private static final String WRITE = "INSERT INTO t VALUES (1)";
    private static final String ASK = "SELECT @@GLOBAL.gtid_executed";
    private static final String MARK = "SET gtid_next='AUTOMATIC:t_1'";

    private final SessionBench bench = new SessionBench();
    private final List<InterruptedWrite> asked = new ArrayList<>();
    private final List<Consumer<Outcome>> answers = new ArrayList<>();

    private final List<String> described = new ArrayList<>();
    private @Nullable TableShape shape;
    private boolean mayUseServerIds = true;
    private final OutcomeJudge judge = new OutcomeJudge() {
        @Override
        public void judge(InterruptedWrite write, Consumer<Outcome> answer) {
            asked.add(write);
            answers.add(answer);
        }

        @Override
        public void describe(String schema, String table, long changedBefore, Consumer<@Nullable TableShape> answer) {
            described.add(schema + "." + table);
            answer.accept(shape);
        }

        @Override
        public boolean mayUseServerIds(Member source) {
            return mayUseServerIds;
        }
    };

    @BeforeEach
    void begin() {
        bench.scope()
                .verifyWrites(WriteSlots.of(
                        new SlotTags("t", 4_200_000_001L, 1, 1, Long.MIN_VALUE / 2), judge, Duration.ZERO));
        bench.source.on(ASK, Answer.rows(UUID + ":1-10:t_1:1-4"));
        bench.publish(List.of(new Member(
                bench.source.address(),
                1,
                Role.SOURCE,
                true,
                ServerVersion.parse("8.4.0"),
                UUID,
                Duration.ZERO,
                GtidSet.parse(UUID + ":1-10"),
                0,
                "")));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_connection_is_marked_once_and_asked_what_it_has_once() {
        TestClient client = bench.client();
        client.query(WRITE);
        client.query(WRITE);
        client.query("SELECT 1");
        assertThat(bench.source.commands())
                .filteredOn(command -> !command.contains("SELECT 1"))
                .containsExactly("COM_QUERY " + MARK, "COM_QUERY " + ASK, "COM_QUERY " + WRITE, "COM_QUERY " + WRITE);
    }

    @Test
    void a_write_that_was_not_executed_is_sent_again() {
        TestClient client = loseDuring(WRITE);
        assertThat(asked).singleElement().satisfies(write -> {
            assertThat(write.known()).isEqualTo(known(4));
            assertThat(write.tag()).isEqualTo("t_1");
            assertThat(write.serverUuid()).isEqualTo(UUID);
        });
        assertThat(bench.ownErrors).isEmpty();
        settle(Outcome.NOT_COMMITTED);
        assertThat(client.answer()).hasToString("ok");
    }

    @Test
    void one_that_was_executed_is_not_and_the_client_is_told_so() {
        TestClient client = loseDuring(WRITE);
        settle(Outcome.COMMITTED);
        assertThat(client.answer()).hasToString("error 9515");
        assertThat(bench.source.commands())
                .filteredOn(command -> command.endsWith(WRITE))
                .hasSize(1);
        assertThat(client.query(WRITE)).hasToString("ok");
    }

    @Test
    void where_the_result_follows_from_the_text_and_the_table_the_client_gets_it() {
        shape = new TableShape(List.of(new TableShape.Column("a", "int", false, 0, "", true, true)));
        TestClient client = loseDuring("INSERT INTO s.t VALUES (1), (2)");
        settle(Outcome.COMMITTED);
        OkPacket ok =
                OkPacket.read(Unpooled.wrappedBuffer(client.answer().payloads().get(0)), new Capabilities(0));
        assertThat(ok.affectedRows()).isEqualTo(2);
        assertThat(ok.lastInsertId()).isZero();
        assertThat(ok.warnings()).isZero();
        assertThat(new String(ok.info(), StandardCharsets.US_ASCII))
                .isEqualTo("Records: 2  Duplicates: 0  Warnings: 0");
        assertThat(described).containsExactly("s.t");
        assertThat(client.query("SELECT ROW_COUNT()"))
                .as("the connection that knows is gone")
                .hasToString("error 9508");
        assertThat(client.query("SELECT 1")).hasToString("rows source");
    }

    @Test
    void where_the_table_might_have_given_a_warning_it_does_not() {
        shape = new TableShape(List.of(new TableShape.Column("a", "int", false, 0, "", true, true)));
        TestClient client = loseDuring("INSERT INTO s.t VALUES (1234567890123)");
        settle(Outcome.COMMITTED);
        assertThat(client.answer()).hasToString("error 9515");
    }

    @Test
    void a_client_that_wants_gtids_told_wants_more_than_is_known() {
        assertThat(ClientTrackers.DEFAULT.isQuietAboutWrites()).isTrue();
        assertThat(new ClientTrackers(Set.of(), "", true, false, "OFF", "OWN_GTID").isQuietAboutWrites())
                .isFalse();
        assertThat(new ClientTrackers(Set.of(), "", true, true, "OFF", "OFF").isQuietAboutWrites())
                .isFalse();
        assertThat(new ClientTrackers(Set.of(), "", true, false, "STATE", "OFF").isQuietAboutWrites())
                .isFalse();
        assertThat(new ClientTrackers(Set.of("last_gtid"), "last_gtid", true, false, "OFF", "OFF").isQuietAboutWrites())
                .isFalse();
        assertThat(new ClientTrackers(Set.of("*"), "*", true, false, "OFF", "OFF").isQuietAboutWrites())
                .isFalse();
    }

    @Test
    void a_table_that_was_created_is_answered_so_and_one_that_was_not_is_created_again() {
        String definition = "CREATE TABLE u (a INT)";
        TestClient client = loseDuring(definition);
        settle(Outcome.COMMITTED);
        assertThat(client.answer()).hasToString("ok");
        assertThat(described).isEmpty();
        assertThat(bench.source.commands())
                .filteredOn(command -> command.endsWith(definition))
                .hasSize(1);
    }

    @Test
    void definitions_that_may_be_done_in_part_stay_unknown() {
        TestClient client = loseDuring("DROP TABLE t, u");
        assertThat(client.answer()).hasToString("error 9501");
        assertThat(asked).isEmpty();
    }

    @Test
    void of_one_that_nobody_knows_of_the_client_is_told_that() {
        TestClient client = loseDuring(WRITE);
        settle(Outcome.UNKNOWN);
        assertThat(client.answer()).hasToString("error 9501");
    }

    @Test
    void a_commit_is_answered_as_what_it_was() {
        TestClient client = bench.client();
        loseCommit(client);
        settle(Outcome.COMMITTED);
        assertThat(client.answer()).hasToString("ok");

        loseCommit(client);
        assertThat(client.answer().error().message())
                .as("the only tag still rests")
                .contains("unknown (no proof: no tag was free, see failover.tags)");
    }

    @Test
    void a_commit_that_was_not_executed_is_a_transaction_lost() {
        TestClient client = bench.client();
        loseCommit(client);
        settle(Outcome.NOT_COMMITTED);
        assertThat(client.answer()).hasToString("error 9502");
    }

    @Test
    void what_was_told_of_earlier_writes_is_known() {
        bench.source.on(WRITE, Answer.ok().gtid(UUID + ":t_1:7"));
        TestClient client = bench.client();
        client.query(WRITE);
        lose(client, "DELETE FROM t");
        assertThat(asked).singleElement().extracting(InterruptedWrite::known).isEqualTo(known(7));
        settle(Outcome.NOT_COMMITTED);
        assertThat(client.answer()).hasToString("ok");
    }

    @Test
    void after_what_may_have_written_more_than_is_told_the_server_is_asked_again() {
        TestClient client = bench.client();
        for (String dubious : List.of("CALL p()", "CREATE TABLE x (a INT)")) {
            client.query(WRITE);
            int before = asks();
            client.query(dubious);
            client.query("RESET CONNECTION");
            client.query(WRITE);
            assertThat(asks()).as(dubious).isGreaterThan(before);
        }
        bench.source.once(WRITE, Answer.err(1062, "duplicate"));
        client.query(WRITE);
        int before = asks();
        client.query(WRITE);
        assertThat(asks()).isEqualTo(before + 1);
    }

    @Test
    void where_the_server_does_not_let_the_account_outcomes_stay_unknown_and_nothing_else_happens() {
        bench.source.on(MARK, Answer.err(1227, "Access denied; you need TRANSACTION_GTID_TAG"));
        TestClient client = bench.client();
        assertThat(client.query(WRITE)).hasToString("ok");
        bench.source.cut(WRITE, 0);
        assertThat(client.query(WRITE)).hasToString("error 9501");
        assertThat(bench.source.commands())
                .filteredOn(command -> command.contains("gtid_next"))
                .hasSize(1);
    }

    @Test
    void a_client_that_leaves_meanwhile_leaves_nothing_behind() {
        loseDuring(WRITE);
        bench.session().closeNow();
        bench.loop.settle();
        settle(Outcome.NOT_COMMITTED);
        assertThat(bench.source.commands())
                .filteredOn(command -> command.endsWith(WRITE))
                .hasSize(1);
    }

    @Test
    void on_mariadb_a_server_id_stands_for_the_tag() {
        onMariadb();
        bench.source.on(WRITE, Answer.ok().variable("last_gtid", "0-4200000001-13"));
        TestClient client = bench.client();
        client.query(WRITE);
        lose(client, "DELETE FROM t");
        assertThat(bench.source.commands())
                .startsWith(
                        "COM_QUERY SET SESSION server_id=4200000001",
                        "COM_QUERY SELECT @@GLOBAL.gtid_binlog_state",
                        "COM_QUERY " + WRITE);
        assertThat(asked).singleElement().satisfies(write -> {
            assertThat(write.tag()).isEqualTo("4200000001");
            assertThat(write.known()).isEqualTo(SlotNumbers.ofServerId("0-4200000001-13", "4200000001"));
        });
        settle(Outcome.NOT_COMMITTED);
        assertThat(client.answer()).hasToString("ok");
    }

    @Test
    void it_is_given_back_once_it_may_not_be_used_any_more() {
        onMariadb();
        TestClient client = bench.client();
        client.query(WRITE);
        mayUseServerIds = false;
        client.query(WRITE);
        client.query(WRITE);
        assertThat(bench.source.commands())
                .endsWith(
                        "COM_QUERY " + WRITE,
                        "COM_QUERY SET SESSION server_id=@@GLOBAL.server_id",
                        "COM_QUERY " + WRITE,
                        "COM_QUERY " + WRITE);
        bench.source.cut(WRITE, 0);
        assertThat(client.query(WRITE)).hasToString("error 9501");
    }

    @Test
    void where_it_may_not_be_used_nothing_is_marked() {
        onMariadb();
        mayUseServerIds = false;
        bench.client().query(WRITE);
        assertThat(bench.source.commands()).containsExactly("COM_QUERY " + WRITE);
    }

    @Test
    void an_answer_that_has_no_room_for_a_gtid_leaves_the_number_unknown() {
        onMariadb();
        String returning = "INSERT INTO t VALUES (1) RETURNING a";
        bench.source.on(returning, Answer.rows("1"));
        bench.without(Capabilities.CLIENT_DEPRECATE_EOF);
        TestClient client = bench.client();
        client.query(returning);
        client.query(WRITE);
        assertThat(bench.source.commands())
                .filteredOn("COM_QUERY SELECT @@GLOBAL.gtid_binlog_state"::equals)
                .hasSize(2);
    }

    private void onMariadb() {
        bench.source.be(Flavor.MARIADB);
        bench.source.on("SELECT @@GLOBAL.gtid_binlog_state", Answer.rows("0-1-12,0-4200000001-9"));
        bench.publish(List.of(new Member(
                bench.source.address(),
                1,
                Role.SOURCE,
                true,
                ServerVersion.parse("10.11.19-MariaDB"),
                "",
                Duration.ZERO,
                GtidSet.parse("0-1-12"),
                0,
                "")));
    }

    private static SlotNumbers known(long number) {
        return SlotNumbers.ofTag(GtidSet.parse(UUID + ":t_1:1-" + number), UUID, "t_1");
    }

    private int asks() {
        return (int) bench.source.commands().stream()
                .filter(command -> command.endsWith(ASK))
                .count();
    }

    private TestClient loseDuring(String sql) {
        TestClient client = bench.client();
        lose(client, sql);
        return client;
    }

    private void loseCommit(TestClient client) {
        client.query("BEGIN");
        client.query(WRITE);
        lose(client, "COMMIT");
    }

    private void lose(TestClient client, String sql) {
        bench.source.cut(sql, 0);
        client.send(CommandCode.COM_QUERY, sql);
        bench.loop.settle();
    }

    private void settle(Outcome outcome) {
        answers.remove(0).accept(outcome);
        bench.loop.settle();
    }
}
