// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.sluice.admin.dashboard.Dashboard;
import io.sluice.core.config.HttpSettings.Audience;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.FailoverView;
import io.sluice.core.view.SessionView;
import io.sluice.core.view.SpreadView;
import io.sluice.core.view.TopologyEvent;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardTest {
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final FakeView view = new FakeView();
    private final FakeStatistics statistics = new FakeStatistics();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Test
    void is_a_page_with_a_style_and_a_script_of_its_own() throws Exception {
        int port = open(Audience.LOOPBACK);

        assertThat(get(port, "/", "localhost"))
                .startsWith("HTTP/1.1 200")
                .contains("text/html", "default-src 'none'", "<title>Sluice</title>");
        assertThat(get(port, "/dashboard.css", "localhost:" + port)).contains("text/css");
        assertThat(get(port, "/dashboard.js", "127.0.0.1:" + port)).contains("text/javascript", "\"use strict\"");
        assertThat(get(port, "/dashboard.json", "[::1]:" + port)).contains("application/json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dashboard.json", "/dashboard.js", "/"})
    void a_site_whose_name_leads_to_loopback_learns_nothing(String path) throws Exception {
        view.sessions.add(session("secret_user"));

        assertThat(get(open(Audience.LOOPBACK), path, "evil.example:6070"))
                .doesNotContain("secret_user", "\"use strict\"", "<title>")
                .containsAnyOf("HTTP/1.1 403", "/metrics");
    }

    @Test
    void anyone_may_see_it_if_the_configuration_says_so() throws Exception {
        assertThat(get(open(Audience.ANYONE), "/dashboard.json", "sluice.example"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void switched_off_there_is_the_list_of_pages() throws Exception {
        int port = open(Audience.OFF);

        assertThat(get(port, "/", "localhost")).contains("text/plain", "/metrics");
        assertThat(get(port, "/dashboard.json", "localhost")).startsWith("HTTP/1.1 404");
    }

    @Test
    void what_it_shows_is_json_whatever_the_names() throws Exception {
        view.topology = new Topology(
                1,
                List.of(
                        FakeView.member("db1", Role.SOURCE, true, Duration.ZERO, ""),
                        FakeView.member("db2", Role.REPLICA, false, null, "says \"no\" \n and \u2028 goes")),
                "");
        view.sessions.add(session("</script>\\ \u0000"));
        view.events.add(
                new TopologyEvent(Instant.EPOCH, "server_offline", Map.of("server", "db2:3306", "why", "a\"b")));
        view.failovers.add(new FailoverView("db0:3306", Instant.EPOCH, "gone", null, null, ""));
        statistics.digests.add(new DigestView(
                1,
                "app",
                "web",
                0xabcL,
                "SELECT `a` FROM `t`",
                7,
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofMillis(21),
                Duration.ofMillis(1),
                Duration.ofMillis(9),
                0,
                new DigestView.Routing(StatementClass.R, 7, Reason.READ_ON_REPLICA),
                SpreadView.NONE));

        String answer = get(open(Audience.LOOPBACK), "/dashboard.json", "localhost");
        List<String> texts = texts(answer.substring(answer.indexOf("\r\n\r\n") + 4));

        assertThat(texts)
                .contains("says \"no\" \n and \u2028 goes", "</script>\\ \u0000", "a\"b", "db0:3306", "abc", "replica");
    }

    /** All strings in a JSON text, which it must be to its end. */
    private static List<String> texts(String json) throws IOException {
        List<String> texts = new ArrayList<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    texts.add(parser.getText());
                }
            }
        }
        return texts;
    }

    private static SessionView session(String user) {
        return new SessionView(
                1, user, "10.0.0.1:4711", "app", "Idle", "transaction", "db1:3306", 9, "", Duration.ZERO);
    }

    private int open(Audience audience) throws IOException {
        Dashboard dashboard = Dashboard.open(audience, view, statistics, "1.2.3");
        if (dashboard != null) {
            open.add(dashboard);
        }
        HttpPort port = HttpPort.open(
                new InetSocketAddress("127.0.0.1", 0),
                view,
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT),
                dashboard,
                loops);
        open.add(port);
        return ((InetSocketAddress) port.address()).getPort();
    }

    /** The whole answer. A client of Java's does not let the Host header be set. */
    private static String get(int port, String path, String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(10_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
