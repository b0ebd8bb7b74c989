// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.limit;

import io.netty.channel.EventLoop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is taken of a {@link Limit}: by all that it matches together, or by one user, schema or digest. Thread-safe, as
 * all event loops share it: the counters are compared and set, and whoever leaves hands the place on to the one that
 * has waited longest.
 *
 * <p>The rate is kept as one moment, the one at which the bucket will be full again: a statement moves it by its share
 * of a second, and must wait while it is further away than a full burst lasts.
 */
public final class Allowance {
    private enum Taken {
        YES,
        NO_PLACE,
        TOO_SOON
    }

    /** In place of the number of its users: it has been forgotten, and another one takes its place. */
    private static final int RETIRED = -1;

    private final Limit limit;
    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong fullAtNanos;
    private final Queue<Turn> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean timed = new AtomicBoolean();

    Allowance(Limit limit) {
        this.limit = limit;
        this.fullAtNanos = new AtomicLong(limit.nanos());
    }

    /** Somebody is about to enter or to wait; false if this has been forgotten. */
    boolean join() {
        int now = users.get();
        while (now != RETIRED) {
            if (users.compareAndSet(now, now + 1)) {
                return true;
            }
            now = users.get();
        }
        return false;
    }

    /** Whether it says no more than a new one would, and nobody uses it: then nobody will. */
    boolean retire() {
        return fullAtNanos.get() - limit.nanos() <= 0 && users.compareAndSet(0, RETIRED);
    }

    /** Enters if there is room and nobody waits for it; {@link #leave} must follow, else {@link #await}. */
    public boolean enter() {
        if (waiting.get() > 0 || take() != Taken.YES) {
            return false;
        }
        limit.counts().atOnce.increment();
        return true;
    }

    /** Enters whether or not there is room; {@link #leave} must follow. */
    public void enterAnyway() {
        running.incrementAndGet();
        long now = limit.nanos();
        // In debt by as much as a burst already: others shall not wait for ever.
        fullAtNanos.accumulateAndGet(
                limit.intervalNanos(),
                (full, interval) -> full - now > 2 * limit.burstNanos() ? full : later(full, now) + interval);
        limit.counts().atOnce.increment();
    }

    /**
     * Waits in place of entering.
     *
     * @param granted is called on that loop when it has entered, unless the turn was given up before
     * @return null if too many wait already
     */
    public @Nullable Turn await(EventLoop loop, Consumer<Turn> granted) {
        int before = waiting.get();
        while (before < limit.settings().queue()) {
            if (waiting.compareAndSet(before, before + 1)) {
                Turn turn = new Turn(this, loop, granted);
                queue.add(turn);
                handOver(); // there may be room since the failed attempt
                return turn;
            }
            before = waiting.get();
        }
        users.decrementAndGet();
        limit.counts().refused.increment();
        return null;
    }

    /** Who entered is done. */
    public void leave() {
        running.decrementAndGet();
        handOver();
        users.decrementAndGet();
    }

    /** It was given up before it came. */
    void forget(Turn turn) {
        queue.remove(turn);
        waiting.decrementAndGet();
        users.decrementAndGet();
        limit.counts().gaveUp.increment();
    }

    /** Lets in those who have waited longest, for as long as there is room. */
    private void handOver() {
        while (!queue.isEmpty()) {
            if (take() != Taken.YES) {
                return;
            }
            Turn next = queue.poll();
            if (next != null && next.grant()) {
                waiting.decrementAndGet();
                limit.counts().afterWait.increment();
            } else {
                fullAtNanos.addAndGet(-limit.intervalNanos());
                running.decrementAndGet();
            }
        }
    }

    private Taken take() {
        int most = limit.settings().concurrency();
        int now = running.get();
        while (most == 0 || now < most) {
            if (running.compareAndSet(now, now + 1)) {
                if (takeFromBucket()) {
                    return Taken.YES;
                }
                running.decrementAndGet();
                wakeLater(); // also who found no place because of us
                return Taken.TOO_SOON;
            }
            now = running.get();
        }
        return Taken.NO_PLACE;
    }

    private boolean takeFromBucket() {
        long interval = limit.intervalNanos();
        if (interval == 0) {
            return true;
        }
        long now = limit.nanos();
        long full = fullAtNanos.get();
        while (later(full, now) + interval - now <= limit.burstNanos()) {
            if (fullAtNanos.compareAndSet(full, later(full, now) + interval)) {
                return true;
            }
            full = fullAtNanos.get();
        }
        return false;
    }

    private static long later(long nanos, long other) {
        return nanos - other > 0 ? nanos : other;
    }

    /** Nobody who leaves makes room in the bucket: time does. */
    private void wakeLater() {
        Turn first = queue.peek();
        if (first != null && timed.compareAndSet(false, true)) {
            long wait = fullAtNanos.get() + limit.intervalNanos() - limit.burstNanos() - limit.nanos();
            first.loop().schedule(this::timeHasPassed, Math.max(1, wait), TimeUnit.NANOSECONDS);
        }
    }

    private void timeHasPassed() {
        timed.set(false);
        handOver();
    }

    public Limit limit() {
        return limit;
    }

    int running() {
        return running.get();
    }

    int waiting() {
        return waiting.get();
    }
}
