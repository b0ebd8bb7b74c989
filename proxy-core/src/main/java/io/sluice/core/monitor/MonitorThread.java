// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.time.Duration;
import java.time.Instant;

/**
 * The one thread on which the monitor's state lives, with its clock. An interface, so that a simulator can run hours of
 * failovers in a moment.
 */
public interface MonitorThread extends AutoCloseable {

    /** The monotonic clock. */
    long nanos();

    /** What people call now. */
    Instant now();

    /** From any thread; keeps the order. After close, tasks are dropped. */
    void execute(Runnable task);

    Timer schedule(Duration delay, Runnable task);

    @Override
    void close();

    /** A task to come. */
    interface Timer {
        void cancel();
    }
}
