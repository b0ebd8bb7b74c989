// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for a connection, in the order in which they came, and the connections on their way to them. Whoever
 * waits either has one on its way, and learns if that fails, or needs a permit. A connection that has come is given to
 * the first whom it fits, whoever it was opened for; what was on its way to that one then is on its way to another.
 */
final class WaitingRequests {
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();

    /** A request in the queue. */
    static final class Waiter {
        final LeaseRequest request;
        private @Nullable Opening opening;

        private Waiter(LeaseRequest request) {
            this.request = request;
        }
    }

    /** A connection on its way, to a waiter or, since all were served or gave up, to nobody in particular. */
    static final class Opening {
        final PoolKey key;
        private @Nullable Waiter waiter;

        private Opening(Waiter waiter) {
            this.key = waiter.request.poolKey();
            this.waiter = waiter;
        }

        /** It has come, or will not: whoever it was for is free to have another. Null if it was for nobody. */
        @Nullable
        Waiter end() {
            Waiter whose = waiter;
            waiter = null;
            if (whose != null) {
                whose.opening = null;
            }
            return whose;
        }
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    int size() {
        return waiters.size();
    }

    Waiter add(LeaseRequest request) {
        Waiter waiter = new Waiter(request);
        waiters.add(waiter);
        return waiter;
    }

    /** A connection is being opened for this one. */
    Opening open(Waiter waiter) {
        Opening opening = new Opening(waiter);
        waiter.opening = opening;
        return opening;
    }

    /** This one was served, or gave up. */
    void remove(Waiter waiter) {
        waiters.remove(waiter);
        passOn(waiter);
    }

    /** False if the request was not waiting. */
    boolean remove(LeaseRequest request) {
        for (Iterator<Waiter> all = waiters.iterator(); all.hasNext(); ) {
            Waiter waiter = all.next();
            if (waiter.request == request) {
                all.remove();
                passOn(waiter);
                return true;
            }
        }
        return false;
    }

    /** The first for whom no connection is on its way. */
    @Nullable
    Waiter firstWithoutOpening() {
        for (Waiter waiter : waiters) {
            if (waiter.opening == null) {
                return waiter;
            }
        }
        return null;
    }

    /** All of these. */
    List<Waiter> withoutOpening() {
        return waiters.stream().filter(waiter -> waiter.opening == null).toList();
    }

    /** The first whom the connection fits. */
    @Nullable
    Waiter firstFor(BackendConnection connection) {
        for (Waiter waiter : waiters) {
            if (connection.canServe(waiter.request)) {
                return waiter;
            }
        }
        return null;
    }

    private void passOn(Waiter from) {
        Opening opening = from.opening;
        if (opening == null) {
            return;
        }
        from.opening = null;
        opening.waiter = null;
        for (Waiter waiter : waiters) {
            if (waiter.opening == null && waiter.request.poolKey().equals(opening.key)) {
                waiter.opening = opening;
                opening.waiter = waiter;
                return;
            }
        }
    }
}
