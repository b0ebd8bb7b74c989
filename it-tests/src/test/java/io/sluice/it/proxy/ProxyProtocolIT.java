// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import io.sluice.it.WireClient;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients behind a load balancer that tells by the PROXY protocol where they are. */
class ProxyProtocolIT {
    private static final String CLIENT = "203.0.113.7";

    /** A short path: the system allows 107 bytes. */
    @TempDir
    private static Path directory;

    private static SluiceProcess sluice;

    @BeforeAll
    static void start() {
        SluiceSettings settings = Lab.settings(Lab.topology())
                .set("mysql.proxy_protocol_networks", List.of("10.0.0.0/8", "127.0.0.0/8"))
                .set("mysql.socket", directory.resolve("s.sock").toString())
                .set("mysql.handshake_timeout", "5s")
                .admin("admin", "admin");
        sluice = SluiceProcess.start(settings, Lab.newHome("proxy-protocol"));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void the_client_is_where_the_header_says() throws Exception {
        for (String client : List.of(CLIENT, "2001:db8::7")) {
            for (byte[] header : List.of(LoadBalancer.versionOne(client), LoadBalancer.versionTwo(client))) {
                for (String tls : List.of("sslMode=DISABLED", "sslMode=REQUIRED")) {
                    isSeenAs(client.equals(CLIENT) ? client : "2001:db8:0:0:0:0:0:7", header, tls);
                }
            }
        }
    }

    @Test
    void the_balancer_is_itself_the_client_of_its_own_connections() throws Exception {
        byte[] unknown = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
        isSeenAs("127.0.0.1", LoadBalancer.local(), "sslMode=REQUIRED");
        isSeenAs("127.0.0.1", unknown, "sslMode=DISABLED");
    }

    private static void isSeenAs(String host, byte[] header, String tls) throws Exception {
        try (LoadBalancer balancer = new LoadBalancer(sluice.port(), header);
                Connection connection = balancer.endpoint().connect(tls);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT 40 + 2")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getInt(1)).isEqualTo(42);
            assertThat(sessions()).contains(host);
        }
    }

    @Test
    void a_refused_login_names_the_clients_host() throws Exception {
        try (LoadBalancer balancer = new LoadBalancer(sluice.port(), LoadBalancer.versionTwo(CLIENT))) {
            SQLException listed = catchThrowableOfType(
                    SQLException.class, () -> balancer.endpoint().connectAs("app", "wrong", "app"));
            assertThat((Throwable) listed).hasMessageContaining("Access denied for user 'app'@'" + CLIENT + "'");
            if (!Lab.flavor().isMariaDb()) { // of which Connector/J takes the packets of caching_sha2_password amiss
                SQLException unknown = catchThrowableOfType(
                        SQLException.class,
                        () -> balancer.endpoint().connectAs("nobody", "wrong", "", "sslMode=REQUIRED"));
                assertThat((Throwable) unknown)
                        .hasMessageContaining("Access denied for user 'nobody'@'" + CLIENT + "'");
            }
        }
    }

    @Test
    void a_connection_without_header_is_told_and_closed_in_time() throws IOException {
        double before = sluice.metric("sluice_logins_refused_total", "cause=\"proxy_header\"");
        try (WireClient client = new WireClient(sluice.port())) {
            byte[] answer = client.readPacket();
            assertThat(WireClient.errorCode(answer))
                    .as(WireClient.describe(answer))
                    .isEqualTo(1043);
            assertThat(WireClient.describe(answer)).contains("mysql.proxy_protocol_networks");
            assertThat(client.isClosedByPeer()).isTrue();
        }
        awaitRefusal(before);
        assertThat(sluice.log()).containsPattern("client=/127.0.0.1:[0-9]+ proxy_header=\"none within 5000 ms\"");
    }

    @Test
    void a_malformed_header_is_closed_upon_and_counted() throws IOException {
        double before = sluice.metric("sluice_logins_refused_total", "cause=\"proxy_header\"");
        try (WireClient client = new WireClient(sluice.port())) {
            client.sendRaw("PROXY TCP4 nobody nowhere 1 2\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.isClosedByPeer()).isTrue();
        }
        awaitRefusal(before);
        assertThat(sluice.log()).contains("proxy_header=\"malformed: ");
    }

    /** The connection is closed first and counted then. */
    private void awaitRefusal(double before) {
        Await.until(
                "one more login is refused",
                Duration.ofSeconds(5),
                () -> sluice.metric("sluice_logins_refused_total", "cause=\"proxy_header\"") == before + 1);
    }

    @Test
    void a_header_of_somebody_else_is_no_handshake() throws IOException {
        try (WireClient client = new WireClient(Lab.throughSluice().port())) {
            assertThat(client.readPacket()[0]).isEqualTo((byte) 10); // greeted at once
            client.sendRaw(LoadBalancer.versionOne(CLIENT));
            assertThat(WireClient.errorCode(client.readPacket())).isEqualTo(1043);
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void a_second_header_is_no_handshake() throws IOException {
        try (WireClient client = new WireClient(sluice.port())) {
            client.sendRaw(LoadBalancer.versionTwo(CLIENT));
            assertThat(client.readPacket()[0]).isEqualTo((byte) 10);
            client.sendRaw(LoadBalancer.versionOne("198.51.100.1"));
            assertThat(WireClient.errorCode(client.readPacket())).isEqualTo(1043);
        }
    }

    @Test
    void clients_of_the_unix_socket_send_none() throws IOException {
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("s.sock")))) {
            ByteBuffer start = ByteBuffer.allocate(5);
            while (start.hasRemaining() && client.read(start) >= 0) {
                // the header of the greeting and its first byte
            }
            assertThat(start.get(4)).isEqualTo((byte) 10);
        }
    }

    /** What the admin port says of sessions. */
    private static String sessions() throws SQLException {
        StringBuilder text = new StringBuilder();
        String url = "jdbc:mysql://127.0.0.1:" + sluice.settings().adminPort() + "/?sslMode=REQUIRED";
        try (Connection admin = DriverManager.getConnection(url, "admin", "admin");
                Statement statement = admin.createStatement();
                ResultSet rows = statement.executeQuery("SHOW SESSIONS")) {
            while (rows.next()) {
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    text.append(rows.getString(column)).append(' ');
                }
                text.append('\n');
            }
        }
        return text.toString();
    }
}
