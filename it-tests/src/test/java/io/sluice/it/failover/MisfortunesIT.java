// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * A few clients write and read while one misfortune after the other happens; what they saw is printed, a line each. A few
 * quick ones of different kinds; {@code -Dsluice.it.misfortunes=all}, or names of them, for others.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MisfortunesIT {
    private static final String USUAL =
            "SOURCE_CUT_OFF,REPLICAS_CUT_OFF,MONITOR_HANGS,REPLICA_FULL,PROMOTED_BEHIND_A_CUT,OLD_SOURCE_FOLLOWED";

    private static final String CHOSEN = System.getProperty("sluice.it.misfortunes", USUAL);
    private static final int CLIENTS = 4;
    /** How long a misfortune lasts, in milliseconds. */
    private static final long LASTS = Long.getLong("sluice.it.misfortune.lasts", 3000);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private Scene scene;

    @BeforeAll
    void begin() throws Exception {
        scene = new Scene();
    }

    @AfterAll
    void end() throws Exception {
        scene.close();
    }

    @TestFactory
    Stream<DynamicTest> clients_see_no_more_than_they_must() {
        return chosen().stream().map(misfortune -> DynamicTest.dynamicTest(misfortune.name(), () -> play(misfortune)));
    }

    private static List<Misfortune> chosen() {
        return CHOSEN.equals("all")
                ? List.of(Misfortune.values())
                : Arrays.stream(CHOSEN.split(",")).map(Misfortune::valueOf).toList();
    }

    private void play(Misfortune misfortune) throws Exception {
        scene.calm();
        List<Client> clients = new ArrayList<>();
        for (int i = 1; i <= CLIENTS; i++) {
            int number = misfortune.ordinal() * 10 + i;
            clients.add(new Client(scene.throughSluice(), number, true));
            clients.add(new Client(scene.throughSluice(), number, false));
        }
        clients.forEach(Thread::start);
        awaitProgress(clients);
        misfortune.strike(scene);
        TimeUnit.MILLISECONDS.sleep(LASTS);
        String said = scene.said();
        long transgressions = scene.transgressions();
        misfortune.mend(scene);
        awaitProgress(clients);
        for (Client client : clients) {
            client.finish();
        }
        Sighting sighting = new Sighting(misfortune);
        var there = Scene.rows(scene.source());
        clients.forEach(client -> sighting.add(client, there, scene.promotion()));
        System.out.println(sighting);
        assertThat(sighting.wrong(transgressions, said)).isEmpty();
    }

    private static void awaitProgress(List<Client> clients) {
        int[] before = clients.stream().mapToInt(Client::succeeded).toArray();
        Await.until("statements of each client", LIMIT, () -> {
            for (int i = 0; i < before.length; i++) {
                Client client = clients.get(i);
                if (client.succeeded() < before[i] + 20 && client.lost() == null) {
                    return false;
                }
            }
            return true;
        });
    }
}
