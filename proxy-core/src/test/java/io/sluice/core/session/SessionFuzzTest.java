// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.sluice.core.backend.Answer;
import io.sluice.core.backend.FakeServer;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.codec.PacketWriter;
import io.sluice.protocol.testing.Fuzz;
import io.sluice.protocol.testing.Mutations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Whole sessions, of which the client or the servers send falsified bytes: the client gets answers, an error or a
 * close; nothing looks like a fault of Sluice; and when the client is gone, nothing of it is left.
 */
class SessionFuzzTest {
    private static final List<String> QUERIES = List.of(
            "SELECT a FROM t",
            "INSERT INTO t VALUES (1)",
            "BEGIN",
            "COMMIT",
            "SET autocommit=0",
            "SET @@session.`sql_mode`='ANSI'",
            "USE app",
            "SELECT two()",
            "SELECT LAST_INSERT_ID()",
            "SHOW WARNINGS",
            "LOAD DATA LOCAL INFILE 'f' INTO TABLE t",
            "CREATE TEMPORARY TABLE x (a INT)",
            "SELECT GET_LOCK('a', 1)");
    private static final CommandCode[] OTHERS = {
        CommandCode.COM_PING,
        CommandCode.COM_INIT_DB,
        CommandCode.COM_FIELD_LIST,
        CommandCode.COM_STATISTICS,
        CommandCode.COM_RESET_CONNECTION,
        CommandCode.COM_SET_OPTION,
        CommandCode.COM_CHANGE_USER,
        CommandCode.COM_QUIT,
        CommandCode.COM_STMT_FETCH,
        CommandCode.COM_STMT_RESET,
        CommandCode.COM_STMT_CLOSE
    };

    /** Takes whatever comes. */
    private static final class Bin extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ((ByteBuf) message).release();
        }
    }

    /** What the peers do wrong is logged, line by line. */
    @BeforeAll
    static void be_quiet() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger("io.sluice")).setLevel(Level.ERROR);
    }

    @AfterAll
    static void be_loud() {
        ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger("io.sluice")).setLevel(null);
    }

    @Test
    void a_client_may_send_anything() throws InterruptedException {
        fuzz("client", true, false);
    }

    @Test
    void servers_may_send_anything() throws InterruptedException {
        fuzz("servers", false, true);
    }

    private static void fuzz(String name, boolean client, boolean servers) throws InterruptedException {
        Fuzz.of(name, (random, allocator) -> {
                    SessionBench bench = new SessionBench(2, 2);
                    int length = one(bench, random, client, servers);
                    bench.close();
                    assertThat(bench.ownErrors).doesNotContain(Errors.INTERNAL);
                    assertThat(bench.evidence).noneMatch(why -> why.contains("a fault in Sluice"));
                    return length;
                })
                .allocatingAtMost(64 << 20)
                .slow()
                .run();
    }

    private static int one(SessionBench bench, Random random, boolean client, boolean servers) {
        for (FakeServer server : List.of(bench.source, bench.replica1)) {
            server.on(QUERIES.get(7), Answer.rows("1").then(Answer.rows("2", "3")));
            server.on(QUERIES.get(10), Answer.fileRequest("f"));
            server.on("INSERT INTO t VALUES (1)", Answer.ok().insertId(7).gtid(SessionBench.UUID + ":11"));
            if (servers) {
                int mercy = 1 + random.nextInt(8);
                server.falsify(bytes -> random.nextInt(mercy) == 0 ? Mutations.of(bytes, random) : bytes);
                server.sendInPiecesOf(random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(20));
            }
        }
        if (random.nextBoolean()) {
            bench.without(Capabilities.CLIENT_DEPRECATE_EOF);
        }
        Channel channel = bench.connect(new Bin());
        bench.loop.settle();
        int length = 0;
        for (int command = random.nextInt(10); command >= 0 && channel.isActive(); command--) {
            byte[] packets = command(random);
            length += send(channel, client ? Mutations.of(packets, random) : packets, random);
            if (random.nextInt(3) > 0) {
                bench.loop.settle();
            }
        }
        boolean waits = bench.leased() + bench.waiting() > 0;
        bench.loop.advance(Duration.ofSeconds(waits && random.nextInt(4) == 0 ? random.nextInt(8) : 0));
        channel.close();
        bench.loop.advance(servers ? SessionBench.SETUP_TIMEOUT : Duration.ZERO);
        return length;
    }

    private static int send(Channel channel, byte[] bytes, Random random) {
        int start = 0;
        for (int end : Mutations.cuts(bytes.length, random)) {
            channel.writeAndFlush(channel.alloc().buffer(end - start).writeBytes(bytes, start, end - start));
            start = end;
        }
        return bytes.length;
    }

    private static byte[] command(Random random) {
        int statement = 1 + random.nextInt(3);
        switch (random.nextInt(10)) {
            case 0:
                return packet(0, CommandCode.COM_STMT_PREPARE, out -> text(out, "SELECT a FROM t WHERE b = ?"));
            case 1:
                return packet(0, CommandCode.COM_STMT_EXECUTE, out -> execution(out, statement, random));
            case 2:
                return packet(
                        0,
                        CommandCode.COM_STMT_SEND_LONG_DATA,
                        out -> text(out.writeIntLE(statement).writeShortLE(0), "long"));
            case 3:
                byte[] file = packet(2, CommandCode.COM_QUERY, out -> text(out, "line"));
                return Unpooled.wrappedBuffer(file, new byte[] {0, 0, 0, 3})
                        .copy()
                        .array();
            case 4, 5:
                CommandCode other = OTHERS[random.nextInt(OTHERS.length)];
                return packet(0, other, out -> out.writeIntLE(statement).writeIntLE(5));
            default:
                return packet(0, CommandCode.COM_QUERY, out -> text(out, QUERIES.get(random.nextInt(QUERIES.size()))));
        }
    }

    private static void execution(ByteBuf out, int statement, Random random) {
        boolean cursor = random.nextInt(4) == 0;
        out.writeIntLE(statement).writeByte(cursor ? 1 : 0).writeIntLE(1);
        out.writeByte(0)
                .writeByte(random.nextInt(2))
                .writeShortLE(0xfd)
                .writeByte(1)
                .writeByte('x');
    }

    private static void text(ByteBuf out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] packet(int sequenceId, CommandCode code, Consumer<ByteBuf> body) {
        ByteBuf payload = Unpooled.buffer().writeByte(code.code());
        body.accept(payload);
        ByteBuf out = Unpooled.buffer();
        PacketWriter.write(out, sequenceId, payload);
        return ByteBufUtil.getBytes(out);
    }
}
