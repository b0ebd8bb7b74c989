// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.sluice.core.backend.Answer;
import io.sluice.protocol.CommandCode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClientBehaviourTest {
    private static final String READ = "SELECT a FROM t";
    private static final String WRITE = "INSERT INTO t VALUES (1)";
    private static final String LOAD = "LOAD DATA LOCAL INFILE 'f' INTO TABLE t";

    private final SessionBench bench = new SessionBench(1, 4);

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void commands_sent_ahead_are_answered_in_order() {
        TestClient client = bench.client();
        client.sendTogether(READ, WRITE, "BEGIN", READ, "KILL 99", "COMMIT", READ);
        bench.loop.settle();
        assertThat(client.answers())
                .extracting(Reply::toString)
                .containsExactly("rows replica1", "ok", "ok", "rows source", "ok", "ok", "rows replica1");
    }

    @Test
    void a_client_that_reads_no_answers_gets_no_more_of_them_until_it_does() {
        TestClient client = bench.client();
        Channel channel = bench.session().channel();
        boolean[] open = {false};
        channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext context) {
                if (open[0]) {
                    context.flush();
                }
            }
        });
        for (int i = 0; i < 5_000; i++) {
            client.send(CommandCode.COM_PING, "");
        }
        bench.loop.settle();
        assertThat(channel.unsafe().outboundBuffer().totalPendingWriteBytes()).isLessThan(200_000);

        open[0] = true;
        for (int round = 0; round < 100; round++) {
            channel.flush();
            bench.loop.settle();
        }
        assertThat(client.answers()).hasSize(5_000);
    }

    @Test
    void a_file_goes_from_the_client_to_the_server() {
        bench.source.on(LOAD, Answer.fileRequest("f"));
        TestClient client = bench.client();
        assertThat(client.query(LOAD)).hasToString("file f");
        client.sendPacket(2, payload -> payload.writeBytes("some ".getBytes(StandardCharsets.UTF_8)));
        bench.loop.settle();
        client.sendPacket(3, payload -> payload.writeBytes("bytes".getBytes(StandardCharsets.UTF_8)));
        client.sendPacket(4, payload -> {});
        client.send(CommandCode.COM_QUERY, READ);
        bench.loop.settle();

        assertThat(bench.source.connection(0).uploaded()).isEqualTo("some bytes");
        assertThat(client.answers()).extracting(Reply::toString).containsExactly("ok", "rows replica1");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void a_connection_lost_amid_an_upload_is_told_after_the_file() {
        bench.source.on(LOAD, Answer.fileRequest("f"));
        TestClient client = bench.client();
        client.query(LOAD);
        client.sendPacket(2, payload -> payload.writeByte('x'));
        bench.loop.settle();
        bench.source.connection(0).close();
        bench.loop.settle();
        client.sendPacket(3, payload -> payload.writeByte('y'));
        client.sendPacket(4, payload -> {});
        bench.loop.settle();

        assertThat(client.answer()).hasToString("error 9501");
        assertThat(client.query(READ))
                .as("only the source knows whether the file was loaded")
                .hasToString("rows source");
    }

    @Test
    void leaves_nothing_when_it_closes_while_idle_with_a_transaction() {
        TestClient client = bench.client();
        client.query("BEGIN");
        client.close();
        assertThat(bench.leased()).isZero();
        assertThat(bench.source.commands()).containsExactly("COM_QUERY BEGIN", "COM_RESET_CONNECTION");
    }

    @Test
    void a_reset_is_answered_when_the_server_has_let_go_of_locks() {
        TestClient client = bench.client();
        client.query("SELECT GET_LOCK('a', 0)");
        bench.source.hold(true);
        client.send(CommandCode.COM_RESET_CONNECTION, "");
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        assertThat(client.answers()).isEmpty();
        bench.source.hold(false);
        bench.loop.settle();
        assertThat(client.answers())
                .hasSize(2)
                .allSatisfy(answer -> assertThat(answer).hasToString("ok"));
        assertThat(bench.source.commands())
                .startsWith("COM_QUERY SELECT GET_LOCK('a', 0)", "COM_RESET_CONNECTION")
                .endsWith("COM_QUERY " + WRITE);
    }

    @Test
    void a_reset_is_answered_when_its_connection_breaks() {
        TestClient client = bench.client();
        client.query("SELECT GET_LOCK('a', 0)");
        bench.source.hold(true);
        client.send(CommandCode.COM_RESET_CONNECTION, "");
        bench.loop.settle();
        bench.source.connection(0).close();
        bench.loop.settle();
        assertThat(client.answer()).hasToString("ok");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void a_statement_of_a_client_that_is_gone_is_killed() {
        TestClient client = bench.client();
        client.query("BEGIN");
        bench.source.hold(true);
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        client.close();
        bench.source.hold(false);
        bench.loop.settle();

        assertThat(bench.source.connections()).hasSize(2);
        assertThat(bench.source.connection(0).isOpen()).isFalse();
        assertThat(bench.source.connection(1).commands()).containsExactly("COM_QUERY KILL 1");
        assertThat(bench.leased()).isZero();
    }

    @Test
    void leaves_nothing_when_it_closes_while_it_waits_for_a_lease() {
        TestClient holder = bench.client();
        holder.query("BEGIN");
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        assertThat(bench.waiting()).isEqualTo(1);
        client.close();
        assertThat(bench.waiting()).isZero();
        holder.query("COMMIT");
        assertThat(bench.leased()).isZero();
        assertThat(bench.source.commands()).doesNotContain("COM_QUERY " + WRITE);
    }

    @Test
    void leaves_nothing_when_it_closes_while_its_connection_is_being_opened() {
        bench.source.holdConnects(true);
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        client.close();
        bench.source.holdConnects(false);
        bench.loop.settle();
        assertThat(bench.leased()).isZero();
        assertThat(bench.source.commands()).isEmpty();
    }

    @Test
    void leaves_nothing_when_it_closes_while_held() {
        bench.publish(null, bench.replica1);
        TestClient client = bench.client();
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        client.close();
        assertThat(bench.scope().hasHeld()).isFalse();
        bench.publish(bench.source);
        assertThat(bench.source.commands()).isEmpty();
    }

    @Test
    void leaves_nothing_when_it_closes_while_its_connection_is_brought_in_step() {
        bench.withSchema("a");
        bench.client().query(WRITE);
        TestClient client = bench.withSchema("b").client();
        bench.source.hold(true);
        client.send(CommandCode.COM_QUERY, WRITE);
        bench.loop.settle();
        client.close();
        bench.source.hold(false);
        bench.loop.settle();
        assertThat(bench.leased()).isZero();
        assertThat(bench.source.openConnections()).isEmpty();
    }

    @Test
    void leaves_nothing_when_it_closes_amid_a_response() {
        TestClient client = bench.client();
        client.query(READ);
        bench.replica1.hold(true);
        client.send(CommandCode.COM_QUERY, READ);
        bench.loop.settle();
        client.close();
        bench.replica1.hold(false);
        bench.loop.settle();
        assertThat(bench.leased()).isZero();
        assertThat(bench.replica1.connection(0).isOpen()).isFalse();
    }

    @Test
    void leaves_nothing_when_it_closes_amid_an_upload() {
        bench.source.on(LOAD, Answer.fileRequest("f"));
        TestClient client = bench.client();
        client.query(LOAD);
        client.sendPacket(2, payload -> payload.writeByte('x'));
        bench.loop.settle();
        client.close();
        assertThat(bench.leased()).isZero();
        assertThat(bench.source.openConnections()).isEmpty();
    }

    @Test
    void leaves_nothing_when_it_closes_with_a_lingering_connection() {
        bench.replica1.on(READ, Answer.rows("a").warnings(1));
        TestClient client = bench.client();
        client.query(READ);
        client.close();
        assertThat(bench.leased()).isZero();
        assertThat(bench.client().query(READ)).hasToString("rows a");
        assertThat(bench.replica1.connections()).hasSize(1);
    }

    @Test
    void leaves_nothing_when_it_closes_amid_a_command() {
        TestClient client = bench.client();
        client.sendFragment(20, CommandCode.COM_QUERY.code(), 'S');
        client.close();
        assertThat(bench.leased()).isZero();
    }

    @Test
    void diagnostics_that_went_to_somebody_else_are_told_to_be_lost() {
        bench.replica1.on(READ, Answer.rows("a").warnings(1));
        TestClient first = bench.client();
        first.query(READ);
        bench.client().query("SELECT b FROM t");
        assertThat(first.query("SHOW WARNINGS")).hasToString("error 9508");
        assertThat(first.query(READ)).hasToString("rows a");
    }

    @Test
    void a_packet_out_of_order_closes_the_client() {
        TestClient client = bench.client();
        client.sendPacket(5, payload -> payload.writeByte(CommandCode.COM_PING.code()));
        bench.loop.settle();
        assertThat(client.answer()).hasToString("error 1156");
        assertThat(client.isOpen()).isFalse();
    }
}
