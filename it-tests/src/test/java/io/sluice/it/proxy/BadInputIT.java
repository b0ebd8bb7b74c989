// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Lab;
import io.sluice.it.WireClient;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a hostile or broken client sends costs only that client; after each test the proxy serves others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
    private static final int ER_UNKNOWN_COM_ERROR = 1047;
    private static final int ER_NET_PACKET_TOO_LARGE = 1153;

    private SluiceProcess sluice;

    @BeforeAll
    void start() {
        sluice = SluiceProcess.start(
                Lab.settings(Lab.topology())
                        .set("mysql.handshake_timeout", "1s")
                        .set("mysql.max_command_bytes", "1MiB"),
                Lab.newHome("bad-input"));
    }

    @AfterAll
    void end() {
        sluice.close();
    }

    @AfterEach
    void others_are_served() throws SQLException {
        assertThat(sluice.isAlive()).isTrue();
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT 1")) {
            assertThat(rows.next()).isTrue();
        }
    }

    @Test
    void the_wire_client_itself_is_understood() throws IOException {
        try (WireClient client = WireClient.loggedIn(sluice.port())) {
            client.query("DO 1");
            assertThat(client.readPacket()[0]).isZero();
        }
    }

    @Test
    void a_login_cut_short_is_forgotten() throws IOException {
        for (int length = 1; length < 40; length += 3) {
            try (WireClient client = new WireClient(sluice.port())) {
                client.readPacket();
                client.sendRaw(new byte[length]);
            }
        }
    }

    @Test
    void a_command_cut_short_is_forgotten() throws IOException {
        for (int length = 1; length < 30; length += 4) {
            try (WireClient client = WireClient.loggedIn(sluice.port())) {
                byte[] begin = {100, 0, 0, 0, 3, 'S', 'E', 'L', 'E', 'C', 'T'};
                client.sendRaw(java.util.Arrays.copyOf(begin, Math.min(length, begin.length)));
            }
        }
    }

    @Test
    void garbage_instead_of_a_login_gets_an_error_or_the_door() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[1 + random.nextInt(200)];
            random.nextBytes(garbage);
            try (WireClient client = new WireClient(sluice.port())) {
                client.readPacket();
                client.sendRaw(garbage);
                assertThat(client.isClosedByPeer())
                        .as("closed at last; -Dseed=%d, round %d", seed, i)
                        .isTrue();
            } catch (SocketException e) {
                // refused while we were still sending: also the door
            }
        }
    }

    @Test
    void garbage_instead_of_a_command_gets_an_error_or_the_door() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[5 + random.nextInt(100)];
            random.nextBytes(garbage);
            garbage[0] = (byte) (garbage.length - 4);
            garbage[1] = 0;
            garbage[2] = 0;
            garbage[4] = (byte) (0x20 + random.nextInt(0xD0)); // no such command
            try (WireClient client = WireClient.loggedIn(sluice.port())) {
                client.sendRaw(garbage);
                byte[] answer = client.readPacket();
                assertThat(WireClient.isError(answer))
                        .as("%s; -Dseed=%d, round %d", WireClient.describe(answer), seed, i)
                        .isTrue();
            } catch (EOFException | SocketException e) {
                throw new AssertionError("closed without an ERR packet; -Dseed=" + seed + ", round " + i, e);
            }
        }
    }

    @Test
    void a_handshake_that_drips_is_ended_in_time_and_counted() throws IOException {
        double before = sluice.metric("sluice_logins_refused_total");
        List<WireClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                WireClient client = new WireClient(sluice.port());
                clients.add(client);
                client.readPacket();
                client.sendRaw(new byte[] {50, 0});
            }
            for (WireClient client : clients) {
                client.patience(5_000);
                assertThat(client.isClosedByPeer()).isTrue();
            }
        } finally {
            for (WireClient client : clients) {
                client.close();
            }
        }
        assertThat(sluice.metric("sluice_logins_refused_total") - before).isGreaterThanOrEqualTo(20);
    }

    @Test
    void an_oversized_command_gets_1153_and_is_counted() throws IOException {
        double before = sluice.metric("sluice_errors_total", "code=\"1153\"");
        try (WireClient client = WireClient.loggedIn(sluice.port())) {
            byte[] sql = ("SELECT '" + "x".repeat(2 << 20) + "'").getBytes(StandardCharsets.US_ASCII);
            try {
                client.query(new String(sql, StandardCharsets.US_ASCII));
            } catch (SocketException e) {
                // the proxy need not read it to its end
            }
            byte[] answer = client.readPacket();
            assertThat(WireClient.errorCode(answer))
                    .as(WireClient.describe(answer))
                    .isEqualTo(ER_NET_PACKET_TOO_LARGE);
        }
        assertThat(sluice.metric("sluice_errors_total", "code=\"1153\"") - before)
                .isEqualTo(1);
    }

    @Test
    void an_unknown_command_gets_1047_and_the_session_goes_on() throws IOException {
        try (WireClient client = WireClient.loggedIn(sluice.port())) {
            client.command(0x77, new byte[] {1, 2, 3});
            assertThat(WireClient.errorCode(client.readPacket())).isEqualTo(ER_UNKNOWN_COM_ERROR);
            client.query("DO 1");
            assertThat(client.readPacket()[0]).isZero();
        }
    }

    @Test
    void truncated_bodies_of_every_command_get_an_answer() throws IOException {
        for (int code = 2; code <= 0x1F; code++) {
            if (code == 0x12 || code == 0x1E) {
                continue; // COM_BINLOG_DUMP and its GTID form may answer with a stream
            }
            try (WireClient client = WireClient.loggedIn(sluice.port())) {
                client.patience(10_000);
                client.command(code, new byte[] {1});
                if (code != 0x18 && code != 0x19) { // SEND_LONG_DATA and CLOSE have no answer
                    assertThat(client.readPacket()).as("command " + code).isNotNull();
                }
            } catch (EOFException | SocketException e) {
                throw new AssertionError("command " + code + " with one byte of body: closed without an answer", e);
            }
        }
    }

    @Test
    void statistics_and_ping_answer() throws IOException {
        try (WireClient client = WireClient.loggedIn(sluice.port())) {
            client.command(0x09, new byte[0]);
            assertThat(new String(client.readPacket(), StandardCharsets.UTF_8)).contains("Uptime");
            client.command(0x0E, new byte[0]);
            assertThat(client.readPacket()[0]).isZero();
        }
    }

    @Test
    void refused_logins_are_counted() throws IOException {
        double before = sluice.metric("sluice_logins_refused_total");
        try (WireClient client = new WireClient(sluice.port())) {
            client.login("app", "wrong", "app");
            throw new AssertionError("let in with a wrong password");
        } catch (IOException e) {
            assertThat(e.getMessage()).contains("1045");
        }
        assertThat(sluice.metric("sluice_logins_refused_total") - before).isEqualTo(1);
    }
}
