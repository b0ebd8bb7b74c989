// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A few clients write and read while a mishap happens; what they saw is printed, in one line, and held against its law. */
record Play(Scene scene) {
    private static final int CLIENTS = 4;
    /** How long a mishap lasts, in milliseconds. */
    private static final long LASTS = Long.getLong("sluice.it.misfortune.lasts", 3000);

    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** @param number of this one: no two on a scene have the same */
    void play(Mishap mishap, int number) throws Exception {
        scene.calm();
        List<Client> clients = new ArrayList<>();
        for (int i = 1; i <= CLIENTS; i++) {
            clients.add(new Client(scene.throughSluice(), number * 10 + i, true));
            clients.add(new Client(scene.throughSluice(), number * 10 + i, false));
        }
        clients.forEach(Thread::start);
        awaitProgress(clients);
        mishap.strike(scene);
        TimeUnit.MILLISECONDS.sleep(LASTS);
        String said = scene.said();
        long transgressions = scene.transgressions();
        mishap.mend(scene);
        awaitProgress(clients);
        for (Client client : clients) {
            client.finish();
        }
        Sighting sighting = new Sighting(mishap);
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
