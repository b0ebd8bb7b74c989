// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.sluice.core.metrics.ProxyMetrics;
import io.sluice.core.metrics.ServerMetrics;
import io.sluice.core.metrics.ViewMetrics;
import io.sluice.core.view.ExemplarView;
import io.sluice.core.view.HistogramView;
import io.sluice.core.view.LatencyView;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpPortTest {

    private static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(new RegistryConfig());
    private final FakeView view = new FakeView();
    private final HttpClient client = HttpClient.newHttpClient();
    private HttpPort port;

    @BeforeEach
    void open() throws IOException {
        port = HttpPort.open(ANY, view, registry, null, loops, Duration.ofMillis(700), false);
        port.allOpen();
    }

    @AfterEach
    void close() {
        port.close();
        loops.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    }

    @Test
    void lives() throws Exception {
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void lists_its_pages() throws Exception {
        assertThat(get("/").body()).contains("/metrics", "/healthz", "/readyz");
    }

    @Test
    void shows_metrics_in_the_prometheus_format() throws Exception {
        view.topology =
                new Topology(1, List.of(FakeView.member("db1", Role.SOURCE, true, Duration.ofMillis(1500), "")), "");
        ProxyMetrics metrics = new ProxyMetrics(registry);
        ViewMetrics.register(view, registry);
        FakeStatistics statistics = new FakeStatistics();
        statistics.latencies.add(new LatencyView(
                "app", 1, StatementClass.R, Destination.REPLICA, FakeStatistics.histogram(3_000_000, 20_000_000_000L)));
        ViewMetrics.register(statistics, registry);
        HistogramMetrics.register(registry, statistics);
        ServerMetrics servers = new ServerMetrics(view, server -> null, registry);
        servers.added(BackendAddress.parse("db1"));
        servers.added(BackendAddress.parse("db2"));
        metrics.answered(Reason.READ_ON_REPLICA);
        String labels = "{class=\"r\",destination=\"replica\",hostgroup=\"1\",user=\"app\"";
        HttpResponse<String> response = get("/metrics");
        assertThat(response.headers().firstValue("content-type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body().lines())
                .contains(
                        "sluice_query_duration_seconds_bucket" + labels + ",le=\"0.0025\"} 0",
                        "sluice_query_duration_seconds_bucket" + labels + ",le=\"0.005\"} 1",
                        "sluice_query_duration_seconds_bucket" + labels + ",le=\"+Inf\"} 2",
                        "sluice_query_duration_seconds_count" + labels + "} 2",
                        "sluice_query_duration_seconds_sum" + labels + "} 20.003",
                        "sluice_loop_delay_seconds_bucket{le=\"1.0E-4\"} 1",
                        "sluice_held 3.0",
                        "sluice_log_lines_total{log=\"queries\",outcome=\"dropped\"} 1.0",
                        "sluice_loop_silence_seconds 0.002",
                        "sluice_routed_total{reason=\"read_on_replica\"} 1.0",
                        "sluice_logins_refused_total{cause=\"access_denied\"} 0.0",
                        "sluice_server_role{role=\"source\",server=\"db1:3306\"} 1.0",
                        "sluice_server_lag_seconds{server=\"db1:3306\"} 1.5",
                        "sluice_server_up{server=\"db2:3306\"} NaN",
                        "sluice_clients 0.0",
                        "sluice_source_known 1.0");
    }

    @Test
    void shows_metrics_as_open_metrics_to_those_who_prefer_it() throws Exception {
        new ProxyMetrics(registry).answered(Reason.READ_ON_REPLICA);
        String latest =
                "application/openmetrics-text;version=1.0.0;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
                        + "text/plain;version=0.0.4;q=0.4,*/*;q=0.3";
        String older = "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        String binary = "application/vnd.google.protobuf;encoding=delimited;q=0.6," + latest;
        for (String accept : new String[] {latest, older, binary, "Application/OpenMetrics-Text"}) {
            HttpResponse<String> response = metrics(accept);
            assertThat(response.headers().firstValue("content-type"))
                    .as(accept)
                    .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
            assertThat(response.body()).contains("# TYPE sluice_routed counter").endsWith("# EOF\n");
        }
    }

    @Test
    void shows_metrics_as_ever_to_all_others() throws Exception {
        for (String accept : new String[] {
            "*/*",
            "text/html, application/xhtml+xml;q=0.9, */*;q=0.8",
            "application/openmetrics-text;q=0.3,text/plain;q=0.5",
            "application/openmetrics-text;q=0, */*",
            "application/vnd.google.protobuf",
            ",;q=;,q=2"
        }) {
            HttpResponse<String> response = metrics(accept);
            assertThat(response.headers().firstValue("content-type"))
                    .as(accept)
                    .contains("text/plain; version=0.0.4; charset=utf-8");
            assertThat(response.body()).doesNotContain("# EOF");
        }
    }

    @Test
    void shows_exemplars_as_open_metrics_alone() throws Exception {
        FakeStatistics statistics = new FakeStatistics();
        Instant ended = Instant.ofEpochMilli(1_700_000_000_123L);
        HistogramView times = FakeStatistics.histogram(2_500_000, 2_600_000, 20_000_000_000L);
        statistics.latencies.add(new LatencyView(
                "app",
                1,
                StatementClass.R,
                Destination.REPLICA,
                new HistogramView(
                        times.counts(),
                        times.sum(),
                        List.of(
                                new ExemplarView("aa", "01", Duration.ofNanos(2_500_000), ended.minusMillis(5)),
                                new ExemplarView("bb", "02", Duration.ofNanos(2_500_000), ended),
                                new ExemplarView("cc", "03", Duration.ofSeconds(20), ended)))));
        HistogramMetrics.register(registry, statistics);
        String labels = "{class=\"r\",destination=\"replica\",hostgroup=\"1\",user=\"app\"";
        String open = metrics("application/openmetrics-text").body();
        assertThat(open.lines().filter(line -> line.contains(" # ")).toList())
                .allMatch(line -> line.contains("_bucket{"));
        assertThat(open.lines())
                .contains(
                        "sluice_query_duration_seconds_bucket" + labels + ",le=\"0.001\"} 0",
                        "sluice_query_duration_seconds_bucket" + labels
                                + ",le=\"0.0025\"} 1 # {span_id=\"02\",trace_id=\"bb\"} 0.0025 1700000000.123",
                        "sluice_query_duration_seconds_bucket" + labels + ",le=\"0.005\"} 2",
                        "sluice_query_duration_seconds_bucket" + labels
                                + ",le=\"+Inf\"} 3 # {span_id=\"03\",trace_id=\"cc\"} 20.0 1700000000.123");
        assertThat(metrics("text/plain").body())
                .contains("sluice_query_duration_seconds_bucket" + labels + ",le=\"0.0025\"} 1\n")
                .doesNotContain("trace_id");
    }

    private HttpResponse<String> metrics(String accept) throws Exception {
        return client.send(request("/metrics").header("Accept", accept).build(), BodyHandlers.ofString());
    }

    @Test
    void is_ready_while_a_source_is_known() throws Exception {
        view.topology = new Topology(1, List.of(FakeView.member("db1", Role.SOURCE, true, Duration.ZERO, "")), "");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void is_ready_for_reads_while_a_replica_is_usable() throws Exception {
        view.topology = new Topology(
                1,
                List.of(FakeView.member("db1", Role.REPLICA, true, Duration.ZERO, "")),
                "no writable server is online");
        HttpResponse<String> response = get("/readyz");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ready for reads only: no writable server is online\n");
    }

    @Test
    void says_why_it_is_not_ready() throws Exception {
        view.topology = new Topology(
                1,
                List.of(FakeView.member("db1", Role.UNKNOWN, false, null, "connection refused")),
                "no writable server is online");
        HttpResponse<String> response = get("/readyz");
        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.body())
                .isEqualTo("not ready: no server is usable: no writable server is online\n"
                        + "db1:3306: connection refused\n");
        view.accepting = false;
        assertThat(get("/readyz").body()).startsWith("not ready: no clients are accepted");
    }

    @Test
    void is_not_ready_before_all_ports_are_open() throws Exception {
        view.topology = new Topology(1, List.of(FakeView.member("db1", Role.SOURCE, true, Duration.ZERO, "")), "");
        try (HttpPort starting = HttpPort.open(ANY, view, registry, null, loops)) {
            int number = ((InetSocketAddress) starting.address()).getPort();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + number + "/readyz"))
                    .build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(503);
            starting.allOpen();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void refuses_what_it_does_not_serve() throws Exception {
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        HttpResponse<String> post = client.send(
                request("/metrics").POST(BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("allow")).contains("GET, HEAD");
        assertThat(get("/" + "x".repeat(5000)).statusCode()).isEqualTo(414);
        HttpResponse<String> headers =
                client.send(request("/").header("long", "x".repeat(20_000)).build(), BodyHandlers.ofString());
        assertThat(headers.statusCode()).isEqualTo(431);
        HttpResponse<String> big = client.send(
                request("/").PUT(BodyPublishers.ofString("x".repeat(10_000))).build(), BodyHandlers.ofString());
        assertThat(big.statusCode()).isEqualTo(413);
        assertThat(raw("GARBAGE\r\n\r\n")).startsWith("HTTP/1.1 400");
    }

    @Test
    void answers_requests_in_their_order() throws Exception {
        assertThat(raw("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n"
                        + "Connection: close\r\n\r\n"))
                .matches("(?s)HTTP/1.1 200 .*version=0.0.4.*HTTP/1.1 200 .*ok\n");
    }

    @Test
    void sends_no_body_to_head() throws Exception {
        assertThat(raw("HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .contains("content-length: 3")
                .endsWith("\r\n\r\n");
    }

    @Test
    void hangs_up_on_a_client_that_drips() throws Exception {
        try (Socket socket = connect()) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void names_the_setting_when_the_port_is_taken() {
        InetSocketAddress taken = (InetSocketAddress) port.address();
        assertThatThrownBy(() -> HttpPort.open(taken, view, registry, null, loops, Duration.ofSeconds(1), false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("http.listen: cannot listen on 127.0.0.1:" + taken.getPort());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        int number = ((InetSocketAddress) port.address()).getPort();
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + number + path))
                .version(HttpClient.Version.HTTP_1_1);
    }

    private Socket connect() throws IOException {
        return new Socket("127.0.0.1", ((InetSocketAddress) port.address()).getPort());
    }

    private String raw(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(5000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
