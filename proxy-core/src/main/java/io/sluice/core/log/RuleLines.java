// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.log;

import io.sluice.core.view.JournalView;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines about statements that rules want to be logged, in the process's own log, where there is no file for them. Any
 * thread adds lines and waits for nobody; a thread that is there while there are some writes them. What finds too many
 * waiting is dropped and counted.
 */
final class RuleLines implements AutoCloseable {
    /** Lines that may wait to be written. */
    static final int MOST_WAITING = 1024;

    private static final Logger LOG = LoggerFactory.getLogger(RuleLines.class);
    private static final long CLOSE_SECONDS = 1;

    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), RuleLines::thread);

    RuleLines() {
        writer.allowCoreThreadTimeOut(true);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "sluice-rule-log");
        thread.setDaemon(true);
        return thread;
    }

    /** Any thread: the line is made later, by another thread. */
    void add(Supplier<String> line) {
        try {
            writer.execute(() -> {
                LOG.info("{}", line.get());
                written.increment();
            });
        } catch (RejectedExecutionException full) {
            dropped.increment();
        }
    }

    JournalView view() {
        return new JournalView("rules", written.sum(), dropped.sum());
    }

    /** Writes what is there; blocks for as long as that takes, a second at most. */
    @Override
    public void close() {
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("event=rule_log_cut lines={}", writer.getQueue().size());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
