// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill;

import io.sluice.drill.load.Load;
import io.sluice.drill.report.Act;
import io.sluice.drill.server.ServerFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What all drills are made of. */
final class Steps {
    private static final int ANSWERS = 5;

    private final Plan plan;
    private final Load load;
    private final Consumer<String> progress;

    Steps(Plan plan, Load load, Consumer<String> progress) {
        this.plan = plan;
        this.load = load;
        this.progress = progress;
    }

    /** The load alone, for a while. */
    void steady() {
        load.awaitProgress(ANSWERS, plan.limit());
        rest(plan.steady());
    }

    /** Time passes; that is what is wanted. */
    static void rest(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailure("interrupted", e);
        }
    }

    Act switchOver(Admin admin, String candidate) {
        String from = admin.source();
        progress.accept("switchover from " + from + " to " + candidate);
        long began = System.nanoTime();
        admin.switchOver(candidate);
        return new Act(Act.Kind.SWITCHOVER, from, candidate, began, null, System.nanoTime(), null);
    }

    /** Writes that do not come back are what the report is about, no reason to give up. */
    void awaitWrites(List<Act> acts) {
        Act last = acts.get(acts.size() - 1);
        try {
            load.awaitWriteSince(last.endedNanos(), plan.limit());
        } catch (ServerFailure e) {
            progress.accept(String.valueOf(e.getMessage()));
        }
    }
}
