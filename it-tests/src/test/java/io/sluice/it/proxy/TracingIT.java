// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mysql.cj.jdbc.JdbcStatement;
import com.sun.net.httpserver.HttpServer;
import io.sluice.drill.server.Await;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Spans as a collector gets them, of statements whose clients tell theirs in each of the ways there are. */
class TracingIT {
    /** Each client's span is told apart by its trace. */
    private static final AtomicInteger TRACES = new AtomicInteger();

    private static final String PARENT = "00f067aa0ba902b7";
    private static final Queue<String> BODIES = new ConcurrentLinkedQueue<>();

    private static HttpServer collector;
    private static SluiceProcess sluice;

    @BeforeAll
    static void start() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            BODIES.add(HexFormat.of().formatHex(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        SluiceSettings settings = Lab.settings(Lab.topology());
        settings.set(
                "tracing.endpoint", "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces");
        settings.set("tracing.one_in", 0);
        sluice = SluiceProcess.start(settings, Lab.newHome("sluice"));
    }

    @AfterAll
    static void stop() {
        sluice.close();
        collector.stop(0);
    }

    @Test
    void comments_tell_the_span() throws SQLException {
        String trace = trace();
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1 AS untold");
            statement.execute("SELECT 1 AS told /*traceparent='" + text(trace) + "'*/");
        }
        awaitChild(trace, "told");
        assertThat(bodies()).doesNotContain(hex("untold"));
    }

    @Test
    void comments_of_prepared_statements_tell_the_span() throws SQLException {
        String trace = trace();
        try (Connection connection = Lab.of(sluice).connect("useServerPrepStmts=true");
                PreparedStatement prepared = connection.prepareStatement(
                        "SELECT ? AS prepared_told /*traceparent='" + text(trace) + "'*/")) {
            prepared.setInt(1, 1);
            prepared.executeQuery().close();
        }
        awaitChild(trace, "prepared_told");
    }

    @Test
    void attributes_tell_the_span() throws SQLException {
        assumeAttributes();
        String trace = trace();
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            tell(statement, text(trace));
            statement.execute("SELECT 1 AS attributed");
        }
        awaitChild(trace, "attributed");
    }

    @Test
    void attributes_of_each_execution_tell_its_span() throws SQLException {
        assumeAttributes();
        String commented = trace();
        String first = trace();
        String second = trace();
        String unsampled = trace();
        try (Connection connection = Lab.of(sluice).connect("useServerPrepStmts=true");
                PreparedStatement prepared = connection.prepareStatement(
                        "SELECT 1 AS no_parameter /*traceparent='" + text(commented) + "'*/")) {
            tell(prepared, text(first));
            prepared.executeQuery().close();
            tell(prepared, text(unsampled).replaceAll("01$", "00"));
            prepared.executeQuery().close();
            tell(prepared, text(second));
            prepared.executeQuery().close();
            prepared.unwrap(JdbcStatement.class).clearAttributes();
            prepared.executeQuery().close();
        }
        awaitChild(first, "no_parameter");
        awaitChild(second, "no_parameter");
        awaitChild(commented, "no_parameter");
        assertThat(bodies()).doesNotContain(unsampled);
    }

    @Test
    void attributes_are_found_behind_all_kinds_of_parameters() throws SQLException {
        assumeAttributes();
        String nulls = trace();
        String values = trace();
        String pieces = trace();
        try (Connection connection = Lab.of(sluice).connect("useServerPrepStmts=true");
                PreparedStatement prepared = connection.prepareStatement("SELECT ?, ?, ?, ?, ?, ? AS many")) {
            tell(prepared, text(nulls));
            for (int i = 1; i <= 6; i++) {
                prepared.setNull(i, Types.VARCHAR);
            }
            prepared.executeQuery().close();
            tell(prepared, text(values));
            assertThat(last(prepared, "text")).isEqualTo("text");
            tell(prepared, text(pieces));
            byte[] blob = "in pieces".getBytes(StandardCharsets.UTF_8);
            prepared.setBinaryStream(5, new ByteArrayInputStream(blob), blob.length);
            assertThat(last(prepared, "later")).isEqualTo("later");
        }
        awaitChild(nulls, "many");
        awaitChild(values, "many");
        awaitChild(pieces, "many");
    }

    private static String last(PreparedStatement prepared, String text) throws SQLException {
        prepared.setInt(1, 300);
        prepared.setLong(2, 5_000_000_000L);
        prepared.setDouble(3, 1.5);
        prepared.setTimestamp(4, Timestamp.valueOf("2020-02-02 02:02:02.5"));
        prepared.setString(6, text);
        try (ResultSet rows = prepared.executeQuery()) {
            assertThat(rows.next()).isTrue();
            return rows.getString(6);
        }
    }

    @Test
    void metrics_name_the_span_of_a_statement() throws Exception {
        String trace = trace();
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DO 1 /*traceparent='" + text(trace) + "'*/");
        }
        Pattern exemplar =
                Pattern.compile("sluice_query_duration_seconds_bucket\\{.*} [0-9]+ # \\{span_id=\"(\\w+)\",trace_id=\""
                        + trace + "\"}");
        Matcher told = exemplar.matcher(
                sluice.http("/metrics", "application/openmetrics-text").body());
        assertThat(told.find()).isTrue();
        Await.until(
                "the span", Duration.ofSeconds(20), () -> bodies().contains("0a10" + trace + "1208" + told.group(1)));
        assertThat(sluice.http("/metrics").body()).doesNotContain(trace);
    }

    private static void assumeAttributes() {
        assumeTrue(Lab.flavor() == ServerFlavor.MYSQL_9_7, "query attributes came with MySQL 8.0.23");
    }

    private static void tell(Statement statement, String text) throws SQLException {
        JdbcStatement attributed = statement.unwrap(JdbcStatement.class);
        attributed.clearAttributes();
        attributed.setAttribute("before", 7);
        attributed.setAttribute("traceparent", text);
    }

    private static String trace() {
        return String.format("4bf92f3577b34da6a3ce929d%08x", TRACES.incrementAndGet());
    }

    private static String text(String trace) {
        return "00-" + trace + "-" + PARENT + "-01";
    }

    /** Protobuf: trace_id, span_id, parent_span_id and, somewhere behind, the statement. */
    private static void awaitChild(String trace, String word) {
        Pattern span =
                Pattern.compile("0a10" + trace + "1208[0-9a-f]{16}(?:[0-9a-f]{2})*?2208" + PARENT + ".*" + hex(word));
        Await.until(
                "a span of " + word,
                Duration.ofSeconds(20),
                () -> span.matcher(bodies()).find());
    }

    private static String bodies() {
        return String.join("|", BODIES);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }
}
