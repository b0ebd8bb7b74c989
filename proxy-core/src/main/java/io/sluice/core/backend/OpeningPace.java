// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How fast a pool opens connections when many wait at once, as after a failover. A login costs the server and the loop
 * milliseconds; begun all at once, they are all done at the end only. A few at a time, and those that are done first
 * serve most who wait. A server that is far away is not waited for: a turn later, as many more are begun. Confined to
 * the loop.
 */
final class OpeningPace {
    /** After which those that are still on their way count no more. */
    static final Duration TURN = Duration.ofMillis(100);

    static final int AT_ONCE = 4;

    private final EventLoop loop;
    private final LongSupplier nanos;
    private final Runnable goOn;
    private long turnBeganNanos;
    private int underWay;
    private boolean holding;

    /** @param goOn called when more may begin, if some might not */
    OpeningPace(EventLoop loop, LongSupplier nanos, Runnable goOn) {
        this.loop = loop;
        this.nanos = nanos;
        this.goOn = goOn;
        this.turnBeganNanos = nanos.getAsLong();
    }

    /** Whether one more may begin now. */
    boolean admits() {
        long now = nanos.getAsLong();
        if (now - turnBeganNanos >= TURN.toNanos()) {
            turnBeganNanos = now;
            underWay = 0;
        }
        if (underWay < AT_ONCE) {
            return true;
        }
        if (!holding) {
            holding = true;
            loop.schedule(this::nextTurn, TURN.toMillis(), TimeUnit.MILLISECONDS);
        }
        return false;
    }

    private void nextTurn() {
        holding = false;
        goOn.run();
    }

    /** Whether some wait for others to be opened, rather than for a permit. */
    boolean isHolding() {
        return holding;
    }

    void begin() {
        underWay++;
    }

    /** One is done, or has failed. */
    void end() {
        underWay = Math.max(0, underWay - 1);
    }
}
