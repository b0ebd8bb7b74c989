// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.channel.EventLoop;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * An event loop that runs only when the test says so, on the test's thread, with a clock that the test turns. What
 * happens in it has the order it has on a real loop, and the same order each time.
 */
public final class TestLoop {
    private static final int MAX_ROUNDS = 100_000;
    private static final long STEP_MILLIS = 10;
    private static final long MAX_STEPS = 1000;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop =
            new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);

    public EventLoop loop() {
        return loop;
    }

    /** The clock; does not start at zero, which means "never" in some places. */
    public long nanos() {
        return ticker.nanoTime() + TimeUnit.HOURS.toNanos(1);
    }

    /** Runs until nothing is left to do now. */
    public void settle() {
        for (int round = 0; loop.runNow() > 0; round++) {
            if (round == MAX_ROUNDS) {
                throw new AssertionError("the loop never comes to rest");
            }
        }
    }

    /** Lets time pass in small steps, and what is due happen. */
    public void advance(Duration time) {
        settle();
        long step = Math.max(STEP_MILLIS, time.toMillis() / MAX_STEPS);
        for (long left = time.toMillis(); left > 0; left -= step) {
            ticker.advance(Math.min(left, step), TimeUnit.MILLISECONDS);
            settle();
        }
    }

    /** Ends the loop and all channels on it. */
    public void close() {
        settle();
        loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
        for (int round = 0; !loop.isTerminated(); round++) {
            ticker.advance(1, TimeUnit.MILLISECONDS);
            loop.runNow();
            if (round == MAX_ROUNDS) {
                throw new AssertionError("the loop does not end");
            }
        }
    }
}
