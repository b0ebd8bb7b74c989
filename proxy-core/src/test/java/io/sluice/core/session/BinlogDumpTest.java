// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.FakeConnection;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.CommandCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BinlogDumpTest {
    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void a_dump_runs_on_the_connection_that_was_prepared_for_it() {
        TestClient client = bench.without(Capabilities.CLIENT_DEPRECATE_EOF).client();
        client.query("SET @source_binlog_checksum = @@global.binlog_checksum");
        assertThat(client.ask(CommandCode.COM_REGISTER_SLAVE, "")).hasToString("ok");
        Reply dump = client.ask(CommandCode.COM_BINLOG_DUMP, "");
        assertThat(dump.payloads()).hasSize(3);
        assertThat(dump.payloads().get(1)).containsExactly(0, 0xfe);

        FakeConnection source = bench.source.connection(0);
        assertThat(source.commands())
                .containsExactly(
                        "COM_QUERY SET @source_binlog_checksum = @@global.binlog_checksum",
                        "COM_REGISTER_SLAVE",
                        "COM_BINLOG_DUMP");
    }

    @Test
    void the_connection_of_a_dump_is_closed_on_both_sides_and_never_used_again() {
        TestClient client = bench.client();
        client.ask(CommandCode.COM_BINLOG_DUMP, "");
        bench.loop.settle();
        assertThat(client.isOpen()).isFalse();
        assertThat(bench.source.openConnections()).isEmpty();
        assertThat(bench.leased()).isZero();
        assertThat(bench.client().query("INSERT INTO t VALUES (1)")).hasToString("ok");
    }

    @Test
    void a_dump_that_breaks_off_ends_with_an_error_between_two_events() {
        // Two events of 6 bytes with their headers; the second one comes by half.
        bench.source.cut("COM_BINLOG_DUMP", 9);
        Reply dump = bench.client().ask(CommandCode.COM_BINLOG_DUMP, "");
        assertThat(dump.payloads()).hasSize(2);
        assertThat(dump.error()).isNotNull();
        assertThat(dump.error().code()).isEqualTo(Errors.RESULT_CUT);
    }

    @Test
    void a_client_that_leaves_amid_a_dump_takes_the_connection_along() {
        TestClient client = bench.client();
        client.query("SELECT @@server_id");
        bench.source.hold(true);
        client.send(CommandCode.COM_BINLOG_DUMP, "");
        bench.loop.settle();
        client.close();
        assertThat(bench.source.openConnections()).doesNotContain(bench.source.connection(0));
        bench.source.hold(false);
    }
}
