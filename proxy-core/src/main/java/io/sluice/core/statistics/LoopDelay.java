// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import io.netty.channel.EventLoop;
import io.sluice.core.view.LoopsView;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * By how much an event loop is late for what it has to do at a certain time, and so for everything else. A loop that
 * was held up does what it has missed all at once: each time it should have looked counts by how late it was.
 */
public final class LoopDelay {
    private static final Duration INTERVAL = Duration.ofMillis(100);

    private final LongSupplier nanos;
    private final Histogram delays = new Histogram();
    /** When the loop is to look again; written by it alone. */
    private volatile long due;

    public LoopDelay(LongSupplier nanos) {
        this.nanos = nanos;
        due = nanos.getAsLong() + INTERVAL.toNanos();
    }

    /** From now on, for as long as the loop lives. */
    public void watch(EventLoop loop) {
        due = nanos.getAsLong() + INTERVAL.toNanos();
        loop.scheduleAtFixedRate(this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    void look() {
        long before = due;
        delays.add(Math.max(0, nanos.getAsLong() - before), null);
        due = before + INTERVAL.toNanos();
    }

    /** Any thread. */
    public LoopsView view() {
        return new LoopsView(delays.view(), Duration.ofNanos(Math.max(0, nanos.getAsLong() - due)));
    }
}
