// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.view.ServerControl;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Notes what it is told. */
final class FakeControl implements ServerControl {
    /** A switchover takes its time. */
    private static final Executor SOON = CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS);

    final List<String> orders = new CopyOnWriteArrayList<>();
    volatile @Nullable String refusal;

    @Override
    public void drain(BackendAddress server, @Nullable Duration killAfter) throws Refused {
        take("drain " + server + " " + killAfter);
    }

    @Override
    public void restore(BackendAddress server) throws Refused {
        take("restore " + server);
    }

    private void take(String order) throws Refused {
        String why = refusal;
        if (why != null) {
            throw new Refused(why);
        }
        orders.add(order);
    }

    @Override
    public CompletableFuture<List<Step>> switchOver(BackendAddress candidate, boolean force) {
        String why = refusal;
        return why != null
                ? CompletableFuture.failedFuture(new Refused(why))
                : CompletableFuture.supplyAsync(
                        () -> List.of(new Step("switched to " + candidate + (force ? " by force" : ""), "ok", 7)),
                        SOON);
    }
}
