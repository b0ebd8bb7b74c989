// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import java.util.List;
import java.util.concurrent.TimeUnit;

/** Packets that are lost between a source, its two replicas and Sluice, which nobody is told of. */
enum Cut implements Mishap {
    FLAP("every packet of the source lost for 1 s", Law.UNNOTICED.writesWithin(5000)) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.machines().isolate(scene.sourceNumber());
            TimeUnit.SECONDS.sleep(1);
            scene.machines().heal();
        }
    },
    SLUICE_FROM_SOURCE(
            "packets lost between Sluice and the source only", Law.HELD.says("receive from it: it is cut off")) {
        @Override
        public void strike(Scene scene) throws Exception {
            scene.forbid(scene.replicaNumber());
            scene.forbid(scene.otherReplicaNumber());
            scene.machines().cutFromHere(scene.sourceNumber());
        }
    },
    SLUICE_FROM_REPLICA("packets lost between Sluice and a replica only", Law.UNNOTICED) {
        @Override
        public void strike(Scene scene) {
            scene.machines().cutFromHere(scene.replicaNumber());
        }
    },
    SOURCE_FROM_REPLICAS("packets lost between the source and its replicas only", Law.UNNOTICED) {
        @Override
        public void strike(Scene scene) {
            scene.machines().cut(scene.sourceNumber(), scene.replicaNumber());
            scene.machines().cut(scene.sourceNumber(), scene.otherReplicaNumber());
        }
    },
    SOURCE_LOSES_POWER("power failure of the source, which is back at once", Law.RESTARTED.writesWithin(15_000)) {
        @Override
        public void strike(Scene scene) {
            scene.machines().isolate(scene.sourceNumber());
            scene.source().kill();
            scene.source().start();
            scene.machines().heal();
        }
    },
    SOURCE_VANISHES(
            "source's machine vanishes, replica promoted, old source back and writable",
            Law.INTERRUPTED.writesWithin(15_000).nothingLate()) {
        @Override
        public void strike(Scene scene) throws Exception {
            int old = scene.sourceNumber();
            scene.machines().isolate(old);
            scene.promote(scene.replicaNumber(), List.of(old));
            scene.awaitSource(scene.replicaNumberOf(old));
            scene.forbid(old);
            scene.machines().heal();
        }

        @Override
        public void mend(Scene scene) throws Exception {
            scene.rebuildForbidden();
        }
    };

    private final String text;
    private final Law law;

    Cut(String text, Law law) {
        this.text = text;
        this.law = law;
    }

    @Override
    public void mend(Scene scene) throws Exception {
        scene.machines().heal();
    }

    @Override
    public Law law() {
        return law;
    }

    @Override
    public String toString() {
        return text;
    }
}
