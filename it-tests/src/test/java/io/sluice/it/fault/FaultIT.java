// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import io.sluice.it.WireClient;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One conversation, again and again, with a fault at every packet and inside of packets, in both directions, on either
 * side of Sluice. Every answer is right or an error; no write runs twice, and none that was acknowledged is missing; and
 * Sluice goes on with nothing of it left.
 */
class FaultIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int[] PLACES = {0, 2, 5};
    /** One fault in so many, for a first look; of stalls and delays, which take time, one in four of these. */
    private static final int STEP = Integer.getInteger("sluice.it.fault.step", 23);

    private static ReplicationTopology topology;
    private static FaultProxy before;
    private static FaultProxy behind;
    private static SluiceProcess sluice;
    private static int runs;

    private final List<String> failures = new ArrayList<>();
    private final Set<String> acknowledged = new HashSet<>();
    private int unanswered;
    private int errors;

    @BeforeAll
    static void start() throws IOException {
        topology = Lab.newTopology("fault", 0);
        topology.source()
                .execute(
                        "CREATE TABLE app.fault_rows (id INT PRIMARY KEY)",
                        "INSERT INTO app.fault_rows VALUES (1), (2), (3), (4), (5)",
                        "CREATE TABLE app.fault_writes (token VARCHAR(60))");
        behind = new FaultProxy(topology.source().port(), "app");
        SluiceSettings settings = new SluiceSettings()
                .server("127.0.0.1:" + behind.port())
                .user("app", "app")
                .set("backend.tls.mode", "disabled")
                .set("backend.connect_timeout", "1s")
                .set("pool.acquire_timeout", "3s")
                .set("failover.hold", "3s");
        sluice = SluiceProcess.start(settings, Lab.newHome("fault-sluice"));
        before = new FaultProxy(sluice.port(), "app");
    }

    @AfterAll
    static void end() throws IOException {
        before.close();
        sluice.close();
        behind.close();
        topology.close();
    }

    @Test
    void a_fault_between_sluice_and_the_server_is_an_answer_or_an_error() throws Exception {
        inject(behind, true);
    }

    @Test
    void a_fault_between_the_client_and_sluice_leaves_nothing_behind() throws Exception {
        inject(before, false);
    }

    private void inject(FaultProxy place, boolean backend) throws Exception {
        Conversation plain = run(place, null, backend);
        assertThat(plain.errors()).isEmpty();
        assertThat(plain.acknowledged()).hasSize(3);
        int number = 0;
        int begun = runs;
        for (boolean toServer : new boolean[] {true, false}) {
            int packets = place.carried(toServer);
            assertThat(packets).isGreaterThan(5);
            for (int packet = 0; packet < packets; packet++) {
                for (int bytes : PLACES) {
                    for (Fault.Kind kind : Fault.Kind.values()) {
                        boolean takesTime = kind == Fault.Kind.STALL || kind == Fault.Kind.DELAY;
                        if (number++ % (takesTime ? 4 * STEP : STEP) == 0) {
                            run(place, new Fault(kind, toServer, packet, bytes), backend);
                        }
                    }
                }
            }
        }
        System.out.printf(
                "%d runs with a fault: %d error packets, %d without an answer%n", runs - begun, errors, unanswered);
        assertThat(failures).isEmpty();
        checkWrites();
        assertThat(sluice.log()).doesNotContain(" bug").doesNotContain("a fault in Sluice");
    }

    private Conversation run(FaultProxy place, Fault fault, boolean backend) throws Exception {
        String name = "r" + ++runs;
        Conversation conversation = new Conversation(name);
        behind.dropAll();
        if (fault != null) {
            place.arm(fault);
        }
        String end = "";
        try (WireClient client = new WireClient(before.port())) {
            boolean silent =
                    fault != null && (fault.kind() == Fault.Kind.STALL || fault.kind() == Fault.Kind.HALF_CLOSE);
            client.patience(silent ? 1_500 : 10_000);
            client.login("app", "app", "app");
            conversation.hold(client);
        } catch (SocketTimeoutException e) {
            end = "silence";
        } catch (EOFException | SocketException e) {
            end = "closed";
        } catch (IOException | IllegalStateException e) {
            conversation.errors().add(String.valueOf(e.getMessage()));
            end = "refused";
        }
        place.disarm();
        judge(conversation, fault, end, backend);
        return conversation;
    }

    private void judge(Conversation conversation, Fault fault, String end, boolean backend) throws Exception {
        errors += conversation.errors().size();
        if (!end.isEmpty()) {
            unanswered++;
        }
        String what = fault + " " + end + " " + conversation.errors();
        if (!conversation.wrong().isEmpty()) {
            failures.add(what + ": " + conversation.wrong());
        }
        if (backend) {
            checkEnd(fault, end, what);
        }
        before.dropAll(); // the client is gone, which a stalled network tells at last
        Await.until("no connection in use after " + what, LIMIT, () -> sluice.metric("sluice_pool_leased") == 0);
        acknowledged.addAll(conversation.acknowledged());
    }

    private void checkWrites() throws SQLException {
        Map<String, Integer> counts = new HashMap<>();
        try (Connection connection = topology.source().connect();
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT token, COUNT(*) FROM app.fault_writes GROUP BY token")) {
            while (rows.next()) {
                counts.put(rows.getString(1), rows.getInt(2));
            }
        }
        assertThat(counts.values()).as("each write at most once").containsOnly(1);
        assertThat(counts.keySet()).as("every write that was acknowledged").containsAll(acknowledged);
    }

    /** With the client's own connection in order, it has an answer to everything. */
    private void checkEnd(Fault fault, String end, String what) {
        boolean mayBeSilent = fault != null
                && (fault.kind() == Fault.Kind.STALL || fault.kind() == Fault.Kind.HALF_CLOSE && fault.toServer());
        boolean mayBeCut = fault != null && !fault.toServer() && fault.bytes() > 0;
        boolean fine = end.isEmpty()
                || end.equals("silence") && mayBeSilent
                || end.equals("closed") && mayBeCut
                || end.equals("refused");
        if (!fine) {
            failures.add(what);
        }
    }
}
