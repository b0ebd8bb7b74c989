// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.sluice.core.backend.FakeConnection;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import io.sluice.protocol.codec.QueryAttributes;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QueryAttributesTest {
    private static final String READ = "SELECT a FROM t WHERE b = ?";
    private static final byte[] ONE = {1, 1, 0, 1, (byte) 0xfe, 0, 1, 'n', 1, 'v'};

    private final SessionBench bench = new SessionBench();

    @BeforeEach
    void attributes() {
        bench.with(Capabilities.CLIENT_QUERY_ATTRIBUTES);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_query_is_judged_by_its_text_and_keeps_its_attributes() {
        TestClient client = bench.client();
        assertThat(query(client, ONE, "SELECT a FROM t")).hasToString("rows replica1");
        assertThat(query(client, QueryAttributes.NONE, "INSERT INTO t VALUES (1)"))
                .hasToString("ok");

        FakeConnection replica = bench.replica1.connection(0);
        assertThat(replica.commands()).containsExactly("COM_QUERY SELECT a FROM t");
        assertThat(replica.attributes().get(replica.attributes().size() - 1)).isEqualTo(ONE);
        FakeConnection source = bench.source.connection(0);
        assertThat(source.commands()).containsExactly("COM_QUERY INSERT INTO t VALUES (1)");
        assertThat(source.attributes()).allMatch(attributes -> attributes.length == 2);
    }

    @Test
    void an_attribute_says_which_writes_must_be_seen() {
        TestClient client = bench.client();
        byte[] name = "sluice_after".getBytes(StandardCharsets.UTF_8);
        ByteBuf after = Unpooled.buffer()
                .writeBytes(new byte[] {2, 1, 0, 1, 8, 0, 1, 'n', (byte) 0xfe, 0, (byte) name.length})
                .writeBytes(name)
                .writeLongLE(7)
                .writeBytes(new byte[] {1, '*'});
        assertThat(query(client, ByteBufUtil.getBytes(after), "SELECT a FROM t"))
                .hasToString("rows source");
    }

    @Test
    void attributes_are_hints_and_go_before_those_in_comments() {
        bench.publish(bench.source, bench.replica1, bench.replica2);
        TestClient client = bench.client();
        assertThat(query(client, string("sluice_source", "1"), "SELECT a FROM t"))
                .hasToString("rows source");
        assertThat(query(client, string("sluice_source", "1"), "SELECT a FROM t /* hostgroup=2 */"))
                .hasToString("rows source");
        assertThat(query(client, string("sluice_hostgroup", "2"), "SELECT a FROM t /* sluice:source */"))
                .hasToString("rows replica2");
        byte[] number = {
            1, 1, 0, 1, 3, 0, 16, 's', 'l', 'u', 'i', 'c', 'e', '_', 'h', 'o', 's', 't', 'g', 'r', 'o', 'u', 'p', 2, 0,
            0, 0
        };
        assertThat(query(client, number, "SELECT a FROM t")).hasToString("rows replica2");
        assertThat(query(client, string("sluice_source", "0"), "SELECT a FROM t /* hostgroup=2 */"))
                .hasToString("rows replica2");
        assertThat(query(client, string("sluice_max_lag", "0"), "SELECT a FROM t /* sluice:source */"))
                .as("one does not exclude the other")
                .hasToString("rows source");
        assertThat(query(client, QueryAttributes.NONE, "SELECT a FROM t").toString())
                .startsWith("rows replica");
        assertThat(query(client, string("sluice_replica", "1"), "INSERT INTO t VALUES (1)"))
                .hasToString("ok");
        assertThat(query(client, string("sluice_typo", "1"), "EXPLAIN ROUTE SELECT a FROM t")
                        .toString())
                .contains("unknown hint sluice:typo=1");
        assertThat(bench.source.connection(0).commands()).contains("COM_QUERY INSERT INTO t VALUES (1)");
    }

    private static byte[] string(String name, String value) {
        ByteBuf out = Unpooled.buffer().writeBytes(new byte[] {1, 1, 0, 1, (byte) 0xfe, 0, (byte) name.length()});
        out.writeBytes(name.getBytes(StandardCharsets.UTF_8)).writeByte(value.length());
        return ByteBufUtil.getBytes(out.writeBytes(value.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_server_that_knows_no_attributes_gets_the_query_without() {
        bench.replica1.knowsNoAttributes();
        TestClient client = bench.client();
        assertThat(query(client, ONE, "SELECT a FROM t")).hasToString("rows replica1");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY SELECT a FROM t");
    }

    @Test
    void malformed_attributes_are_an_error_and_the_session_goes_on() {
        TestClient client = bench.client();
        assertThat(query(client, new byte[] {1, 1}, "")).hasToString("error 1835");
        assertThat(query(client, QueryAttributes.NONE, "SELECT a FROM t")).hasToString("rows replica1");
    }

    @Test
    void an_execution_gets_its_types_in_the_form_with_names() {
        TestClient client = bench.client();
        client.prepare(READ);
        execute(client, 8, "01" + "00" + "01" + "fd00" + "00" + "0178");
        query(client, QueryAttributes.NONE, "BEGIN");
        execute(client, 8, "01" + "00" + "00" + "0179");
        assertThat(executed(bench.source.connection(0)))
                .isEqualTo("08" + "01000000" + "01" + "00" + "01fd0000" + "0179");
        query(client, QueryAttributes.NONE, "COMMIT");
    }

    @Test
    void a_server_that_knows_no_attributes_gets_the_parameters_alone() {
        bench.replica1.knowsNoAttributes();
        bench.source.knowsNoAttributes();
        TestClient client = bench.client();
        client.prepare(READ);
        // A cursor, hence the source; the parameter "x", and an attribute "n" that is NULL.
        execute(client, 9, "02" + "02" + "01" + "fd00" + "00" + "fe00" + "016e" + "0178");
        assertThat(executed(bench.source.connection(0))).isEqualTo("01" + "01000000" + "02" + "01fd00" + "0178");
        client.prepare("SELECT 1");
        client.send(
                CommandCode.COM_STMT_EXECUTE,
                body -> body.writeIntLE(2).writeByte(8).writeIntLE(1).writeByte(0));
        bench.loop.settle();
        assertThat(client.answer()).hasToString("rows replica1");
        assertThat(executed(bench.replica1.connection(0))).isEqualTo("00" + "01000000");
    }

    private Reply query(TestClient client, byte[] attributes, String text) {
        Consumer<ByteBuf> body = out -> out.writeBytes(attributes).writeBytes(text.getBytes(StandardCharsets.UTF_8));
        client.send(CommandCode.COM_QUERY, body);
        bench.loop.settle();
        return client.answer();
    }

    private void execute(TestClient client, int flags, String hexParameters) {
        client.send(
                CommandCode.COM_STMT_EXECUTE,
                body -> body.writeIntLE(1)
                        .writeByte(flags)
                        .writeIntLE(1)
                        .writeBytes(ByteBufUtil.decodeHexDump(hexParameters)));
        bench.loop.settle();
        assertThat(client.answer().error()).isNull();
    }

    /** What the server got last, from the flags on. */
    private static String executed(FakeConnection connection) {
        byte[] last = connection.executions().get(connection.executions().size() - 1);
        return ByteBufUtil.hexDump(last, 5, last.length - 5);
    }
}
