// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Counters;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import io.sluice.it.WireClient;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Many clients on few backend connections, for as long as {@code -Dsluice.it.crowd.seconds} says (60). */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrowdIT {
    private static final int IDLE = 1000;
    private static final int BUSY = 200;
    private static final int PER_SERVER = 16;
    private static final int BACKEND_LIMIT = 50;
    private static final long SECONDS = Long.getLong("sluice.it.crowd.seconds", 60);

    private ReplicationTopology topology;
    private SluiceProcess sluice;

    @BeforeAll
    void start() throws SQLException {
        topology = Lab.newTopology("crowd", 2); // the shared one also has the connections of the shared Sluice
        sluice = SluiceProcess.start(
                Lab.settings(topology)
                        .set("pool.max_connections", PER_SERVER)
                        // on a slow machine 200 logins at once take their time, and so do 200 first writes
                        .set("mysql.handshake_timeout", "60s")
                        .set("pool.acquire_timeout", "30s"),
                Lab.newHome("crowd-sluice"));
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS crowd");
            statement.execute("CREATE TABLE crowd (client INT PRIMARY KEY, n INT)");
        }
    }

    @AfterAll
    void end() {
        sluice.close();
        topology.close();
    }

    @Test
    void a_thousand_idle_and_two_hundred_busy_clients_share_fifty_connections() throws Exception {
        List<WireClient> idle = new ArrayList<>();
        Queue<String> errors = new ConcurrentLinkedQueue<>();
        LongAdder done = new LongAdder();
        try {
            for (int i = 0; i < IDLE; i++) {
                WireClient client = WireClient.loggedIn(sluice.port());
                idle.add(client);
                ask(client);
            }
            long deadline = System.nanoTime() + SECONDS * 1_000_000_000L;
            List<Thread> busy = new ArrayList<>();
            for (int i = 0; i < BUSY; i++) {
                int number = i;
                Thread thread = new Thread(() -> work(number, deadline, errors, done), "busy-" + i);
                thread.start();
                busy.add(thread);
            }
            long most = mostConnections(deadline);
            for (Thread thread : busy) {
                thread.join();
            }
            assertThat(errors).isEmpty();
            assertThat(most).as("backend connections at once").isBetween(1L, (long) BACKEND_LIMIT);
            assertThat(done.sum()).as("rounds of all busy clients").isGreaterThan(BUSY);
            for (WireClient client : idle) {
                ask(client);
            }
        } finally {
            for (WireClient client : idle) {
                client.close();
            }
        }
    }

    private static void ask(WireClient client) throws IOException {
        client.query("DO 1");
        byte[] answer = client.readPacket();
        assertThat(answer[0]).as(WireClient.describe(answer)).isZero();
    }

    /** Reads, writes and short transactions, and a check that nobody else's rows or state come back. */
    private void work(int number, long deadline, Queue<String> errors, LongAdder done) {
        Endpoint endpoint = Lab.of(sluice);
        try (Connection connection = endpoint.connect();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO crowd VALUES (" + number + ", 0)");
            for (int n = 1; System.nanoTime() < deadline; n++) {
                connection.setAutoCommit(n % 4 != 0);
                statement.executeUpdate("UPDATE crowd SET n = " + n + " WHERE client = " + number);
                expect(statement, "SELECT n FROM crowd WHERE client = " + number, n);
                if (n % 4 == 0) {
                    connection.commit();
                }
                expect(statement, "SELECT " + number + " + COUNT(*) - COUNT(*) FROM crowd", number);
                done.increment();
            }
        } catch (SQLException | IllegalStateException e) {
            errors.add("client " + number + ": " + e.getMessage() + " because of " + rootOf(e));
        }
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root;
    }

    private static void expect(Statement statement, String sql, int expected) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next() || rows.getInt(1) != expected) {
                throw new IllegalStateException(sql + " was not " + expected);
            }
        }
    }

    private long mostConnections(long deadline) throws SQLException {
        long most = 0;
        while (System.nanoTime() < deadline) {
            long now = 0;
            for (MysqldProcess server : topology.servers()) {
                now += Counters.connections(server);
            }
            most = Math.max(most, now);
        }
        return most;
    }
}
