// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waits for conditions of other processes, which can only be polled; nothing here waits for time to pass. */
public final class Await {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A condition that may fail while it is not yet met: a server that refuses is simply not there yet. */
    @FunctionalInterface
    public interface Condition {
        boolean isMet() throws Exception;
    }

    private Await() {}

    /** Returns when the condition holds; after the limit throws what the condition last threw, or a timeout. */
    public static void until(String what, Duration limit, Condition condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        Exception last;
        do {
            last = null;
            try {
                if (condition.isMet()) {
                    return;
                }
            } catch (ServerFailure e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            LockSupport.parkNanos(POLL_NANOS);
        } while (System.nanoTime() < deadline && !Thread.currentThread().isInterrupted());
        throw new ServerFailure("not within " + limit.toMillis() + " ms: " + what + because(last), last);
    }

    private static String because(@Nullable Exception last) {
        return last == null ? "" : " (" + last.getMessage() + ")";
    }
}
