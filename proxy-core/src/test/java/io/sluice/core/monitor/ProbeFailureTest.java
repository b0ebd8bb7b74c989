// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.BackendSettings.Tls;
import io.sluice.core.config.BackendSettings.TlsMode;
import io.sluice.core.config.MonitorSettings;
import io.sluice.core.config.MonitorSettings.ErrantGtids;
import io.sluice.core.config.MonitorSettings.GaleraDonors;
import io.sluice.core.config.Secret;
import io.sluice.core.monitor.Observation.Failure;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.topology.BackendAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the driver makes of servers that are in trouble, each a socket that behaves so. */
class ProbeFailureTest {

    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @Test
    void a_port_where_nobody_listens_refuses() throws Exception {
        int port;
        try (ServerSocket listener = listen(1)) {
            port = listener.getLocalPort();
        }
        assertThat(probe(port).kind()).isEqualTo(Kind.REFUSED);
    }

    @Test
    void a_server_that_takes_connections_and_says_nothing_hangs() throws Exception {
        try (ServerSocket listener = listen(10)) {
            assertThat(probe(listener.getLocalPort()).kind()).isEqualTo(Kind.HUNG);
        }
    }

    @Test
    void a_way_that_loses_packets_is_no_way() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket listener = listen(1)) {
            // With its queue full, the system answers no further requests to connect.
            for (int i = 0; i < 2; i++) {
                waiting.add(new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
            }
            assertThat(probe(listener.getLocalPort()).kind()).isEqualTo(Kind.UNREACHABLE);
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void a_server_without_a_connection_left_is_alive() throws Exception {
        assertThat(probeOfError(1040, "08004", "Too many connections").kind()).isEqualTo(Kind.TOO_MANY_CONNECTIONS);
    }

    @Test
    void a_server_that_refuses_the_account_is_alive() throws Exception {
        Failure failure = probeOfError(1045, "28000", "Access denied for user 'monitor'");
        assertThat(failure.kind()).isEqualTo(Kind.ACCESS_DENIED);
        assertThat(failure.detail()).contains("1045", "Access denied");
    }

    @Test
    void a_server_that_shuts_down_says_so() throws Exception {
        assertThat(probeOfError(1053, "08S01", "Server shutdown in progress").kind())
                .isEqualTo(Kind.SHUTTING_DOWN);
    }

    private static ServerSocket listen(int backlog) throws IOException {
        return new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
    }

    /** Of a server that greets nobody, but sends an ERR packet. */
    private static Failure probeOfError(int code, String state, String message) throws Exception {
        byte[] text = ("#" + state + message).getBytes(StandardCharsets.US_ASCII);
        try (ServerSocket listener = listen(10)) {
            Thread server = new Thread(() -> {
                try (Socket socket = listener.accept()) {
                    OutputStream out = socket.getOutputStream();
                    out.write(
                            new byte[] {(byte) (3 + text.length), 0, 0, 0, (byte) 0xff, (byte) code, (byte) (code >> 8)
                            });
                    out.write(text);
                    out.flush();
                    socket.getInputStream().read();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            server.setDaemon(true);
            server.start();
            return probe(listener.getLocalPort());
        }
    }

    private static Failure probe(int port) throws Exception {
        MonitorSettings settings = new MonitorSettings(
                "monitor",
                new Secret("secret"),
                Duration.ofMillis(500),
                TIMEOUT,
                TIMEOUT,
                ErrantGtids.REPORT,
                GaleraDonors.EXCLUDE);
        Tls tls = new Tls(TlsMode.DISABLED, null, null, null);
        JdbcProbes probes = new JdbcProbes(
                DriverProperties.ofProbe(settings, tls), System::nanoTime, new ProbeLog(Instant::now), false);
        try (Probe probe = probes.probeOf(new BackendAddress("127.0.0.1", port))) {
            return (Failure) probe.ask().get(30, TimeUnit.SECONDS);
        }
    }
}
