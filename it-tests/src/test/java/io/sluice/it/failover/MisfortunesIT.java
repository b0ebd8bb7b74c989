// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * One misfortune after the other happens to servers that clients use. A few quick ones of different kinds;
 * {@code -Dsluice.it.misfortunes=all}, or names of them, for others.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MisfortunesIT {
    private static final String USUAL =
            "SOURCE_CUT_OFF,REPLICAS_CUT_OFF,MONITOR_HANGS,REPLICA_FULL,PROMOTED_BEHIND_A_CUT,OLD_SOURCE_FOLLOWED";

    private static final String CHOSEN = System.getProperty("sluice.it.misfortunes", USUAL);

    private Scene scene;

    @BeforeAll
    void begin() throws Exception {
        scene = Scene.behindRelays();
    }

    @AfterAll
    void end() throws Exception {
        scene.close();
    }

    @TestFactory
    Stream<DynamicTest> clients_see_no_more_than_they_must() {
        Play play = new Play(scene);
        return chosen().stream()
                .map(misfortune ->
                        DynamicTest.dynamicTest(misfortune.name(), () -> play.play(misfortune, misfortune.ordinal())));
    }

    private static List<Misfortune> chosen() {
        return CHOSEN.equals("all")
                ? List.of(Misfortune.values())
                : Arrays.stream(CHOSEN.split(",")).map(Misfortune::valueOf).toList();
    }
}
