// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How many connections one backend may have over all event loops. Thread-safe, without locks. A loop that finds none
 * left says that it wants one; a loop that has a connection to spare then closes it, and the permit moves. Also how one
 * loop tells the others that their connections are out of date.
 */
public final class Permits {
    private volatile int limit;
    private final int loops;
    private final AtomicInteger used = new AtomicInteger();
    private final AtomicInteger outdatings = new AtomicInteger();
    private final List<BackendPool> pools = new CopyOnWriteArrayList<>();
    private final ConcurrentLinkedQueue<BackendPool> wanting = new ConcurrentLinkedQueue<>();

    public Permits(int limit, int loops) {
        this.limit = limit;
        this.loops = loops;
    }

    /** Allows more connections from now on, or fewer: those beyond are closed as they come back. */
    public void limitTo(int most) {
        limit = most;
    }

    /** A pool that may have connections to spare when another one wants them. */
    void join(BackendPool pool) {
        pools.add(pool);
    }

    void leave(BackendPool pool) {
        pools.remove(pool);
    }

    boolean tryAcquire() {
        int now = used.get();
        while (now < limit) {
            if (used.compareAndSet(now, now + 1)) {
                return true;
            }
            now = used.get();
        }
        return false;
    }

    /** Gives a permit back: to the pool that has wanted one for longest, by its name, so that no other takes it. */
    void release() {
        BackendPool next = used.get() > limit ? null : wanting.poll();
        if (next == null) {
            used.decrementAndGet();
            handOver(); // somebody may have begun to want one meanwhile
        } else {
            next.permitGranted();
        }
    }

    /** Called when a pool has run dry; answered by {@link BackendPool#permitGranted}, once however often it is called. */
    void want(BackendPool pool) {
        if (!wanting.contains(pool)) {
            wanting.add(pool);
        }
        for (BackendPool other : pools) {
            if (other != pool) {
                other.permitWanted();
            }
        }
        handOver(); // a permit may have come back between the failed attempt and the call
    }

    private void handOver() {
        while (!wanting.isEmpty() && tryAcquire()) {
            @Nullable BackendPool next = wanting.poll();
            if (next != null) {
                next.permitGranted();
                return;
            }
            used.decrementAndGet();
        }
    }

    /** The pool's last waiter was served otherwise, or gave up. */
    void wantNoMore(BackendPool pool) {
        wanting.remove(pool);
    }

    boolean isWantedByOtherThan(BackendPool pool) {
        for (BackendPool wants : wanting) {
            if (wants != pool) {
                return true;
            }
        }
        return false;
    }

    /** Whatever was opened before is not handed out again, on any loop. */
    void outdate() {
        outdatings.incrementAndGet();
        pools.forEach(BackendPool::outdated);
    }

    int outdatings() {
        return outdatings.get();
    }

    /** What each loop may hold while another wants more. */
    int fairShare() {
        return Math.max(1, limit / loops);
    }

    public int limit() {
        return limit;
    }

    public int used() {
        return used.get();
    }
}
