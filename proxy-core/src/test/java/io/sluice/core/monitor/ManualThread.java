// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A monitor's thread whose clock is moved by hand. Single-threaded. */
final class ManualThread implements MonitorThread {

    private record Task(long dueNanos, long order, Runnable body) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::dueNanos).thenComparingLong(Task::order));
    private long nowNanos = Duration.ofHours(1).toNanos();
    private long order;
    boolean closed;

    @Override
    public long nanos() {
        return nowNanos;
    }

    @Override
    public Instant now() {
        return Instant.EPOCH.plusNanos(nowNanos);
    }

    @Override
    public void execute(Runnable body) {
        schedule(Duration.ZERO, body);
    }

    @Override
    public Timer schedule(Duration delay, Runnable body) {
        Task task = new Task(nowNanos + delay.toNanos(), order++, body);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    @Override
    public void close() {
        closed = true;
        tasks.clear();
    }

    /** Runs what falls due within the time, in order. */
    void advance(Duration time) {
        long end = nowNanos + time.toNanos();
        while (!tasks.isEmpty() && tasks.peek().dueNanos() <= end) {
            Task task = tasks.remove();
            nowNanos = Math.max(nowNanos, task.dueNanos());
            task.body().run();
        }
        nowNanos = end;
    }
}
