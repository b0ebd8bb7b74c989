// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.sluice.core.config.TracingSettings;
import io.sluice.core.log.QueryLog;
import io.sluice.core.view.ExemplarView;
import io.sluice.core.view.JournalView;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spans as a collector gets them: protobuf over HTTP, in which texts and ids stand as they are. */
class SpanExportTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";

    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private HttpServer collector;
    private int status = 200;

    @BeforeEach
    void open() throws Exception {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            bodies.add(HexFormat.of().formatHex(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void close() {
        collector.stop(0);
    }

    @Test
    void a_statement_that_its_client_traces_is_a_child_of_its_span() throws Exception {
        try (Traces traces = Traces.open(settings(0))) {
            LoopTraces loop = traces.forLoop();
            assertThat(loop.isOn()).isTrue();
            assertThat(loop.answered(null, 1, () -> answer("SELECT not_traced", 0)))
                    .isNull();
            assertThat(loop.answered(new TraceParent(TRACE, PARENT, false), 1, () -> answer("SELECT not_sampled", 0)))
                    .isNull();
            ExemplarView told = loop.answered(
                    new TraceParent(TRACE, PARENT, true), 7, () -> answer("SELECT a FROM t WHERE b = 'c'", 1064));

            String body = bodies.poll(30, TimeUnit.SECONDS);
            assertThat(told).isNotNull();
            assertThat(told.trace()).isEqualTo(TRACE);
            assertThat(told.span()).isNotEqualTo(PARENT);
            assertThat(told.took()).isEqualTo(Duration.ofNanos(1_500_000));
            assertThat(body)
                    .contains(TRACE, PARENT, told.span())
                    .contains(hex("db.system"), hex("mysql"), hex("db.operation"), hex("SELECT"))
                    .contains(hex("server.address"), hex("db1"), hex("sluice.hostgroup"))
                    .contains(hex("sluice.reason"), hex("READ_ON_REPLICA"), hex("sluice.digest"))
                    .contains(hex("db.response.status_code"), hex("1064"))
                    .contains(hex("service.name"), hex("db-proxy"), hex("SELECT a FROM t WHERE b = ?"))
                    .doesNotContain(hex("'c'"), hex("not_traced"), hex("not_sampled"));
        }
    }

    @Test
    void others_are_traced_by_sample() throws Exception {
        Traces traces = Traces.open(settings(3));
        LoopTraces loop = traces.forLoop();
        List<ExemplarView> told = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            int number = i;
            ExemplarView exemplar = loop.answered(null, 1, () -> answer("SELECT c" + number, 0));
            if (exemplar != null) {
                told.add(exemplar);
            }
        }
        String all = "";
        while (!all.contains(hex("SELECT c6"))) {
            all += Objects.requireNonNull(bodies.poll(30, TimeUnit.SECONDS), "no more spans came");
        }
        traces.close();
        assertThat(told).hasSize(2);
        for (ExemplarView exemplar : told) {
            assertThat(all)
                    .as("trace_id, and span_id as the next field of 8 bytes")
                    .contains(exemplar.trace() + "1208" + exemplar.span());
        }
        assertThat(all).contains(hex("SELECT c3"), hex("SELECT c6")).doesNotContain(hex("SELECT c2"), hex("SELECT c4"));
        assertThat(traces.views()).containsExactly(new JournalView("spans", 2, 0));
    }

    @Test
    void what_the_collector_refuses_or_comes_too_late_is_counted_as_dropped() throws Exception {
        status = 400;
        Traces traces = Traces.open(settings(1));
        LoopTraces loop = traces.forLoop();
        loop.answered(null, 1, () -> answer("SELECT 1", 0));
        assertThat(bodies.poll(30, TimeUnit.SECONDS)).isNotNull();
        traces.close();
        assertThat(traces.views()).containsExactly(new JournalView("spans", 0, 1));
        assertThat(loop.answered(null, 1, () -> answer("SELECT 1", 0))).isNull();
        assertThat(traces.views()).containsExactly(new JournalView("spans", 0, 2));
    }

    @Test
    void without_an_endpoint_nothing_is_traced() {
        try (Traces traces = Traces.open(new TracingSettings("", 1, "sluice"))) {
            assertThat(traces.forLoop().isOn()).isFalse();
            assertThat(traces.views()).isEmpty();
            traces.forLoop().answered(null, 1, () -> {
                throw new AssertionError("asked for");
            });
        }
    }

    private TracingSettings settings(int oneIn) {
        int port = collector.getAddress().getPort();
        return new TracingSettings("http://127.0.0.1:" + port + "/v1/traces", oneIn, "db-proxy");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static QueryLog.Answer answer(String sql, int error) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        Statement statement = new StatementClassifier(4).classify(text, 0, text.length, LexContext.DEFAULT);
        return new QueryLog.Answer(
                7,
                "app",
                "/10.0.0.1:5",
                "shop",
                statement,
                Destination.REPLICA,
                BackendAddress.parse("db1"),
                Reason.READ_ON_REPLICA,
                1_500_000,
                0,
                error,
                null);
    }
}
