// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a {@link BackendPool} that anybody may have: last in, first out, so that few stay warm. Confined to
 * the pool's loop.
 */
final class IdleConnections {
    /** How many are looked at for one that already has the session's state. */
    private static final int LOOK_AT = 8;

    private final Map<PoolKey, ArrayDeque<BackendConnection>> byKey = new HashMap<>();

    void push(BackendConnection connection) {
        byKey.computeIfAbsent(connection.key(), key -> new ArrayDeque<>()).push(connection);
    }

    /** The one that needs the least to serve the request; null if none can. */
    @Nullable
    BackendConnection takeFor(LeaseRequest request) {
        ArrayDeque<BackendConnection> deque = byKey.get(request.poolKey());
        if (deque == null || deque.isEmpty()) {
            return null;
        }
        if (fits(deque.peek(), request)) {
            return deque.poll();
        }
        BackendConnection best = null;
        int looked = 0;
        for (BackendConnection connection : deque) {
            if (fits(connection, request)) {
                best = connection;
                break;
            }
            if (best == null && connection.canServe(request)) {
                best = connection;
            }
            if (++looked >= LOOK_AT && best != null) {
                break;
            }
        }
        if (best != null) {
            deque.remove(best);
        }
        return best;
    }

    private static boolean fits(BackendConnection connection, LeaseRequest request) {
        return Objects.equals(connection.schema(), request.schema())
                && connection.variables().equals(request.variables());
    }

    /** One that has been idle for longest among those that serve the same; null if there is none at all. */
    @Nullable
    BackendConnection takeOldest() {
        for (ArrayDeque<BackendConnection> deque : byKey.values()) {
            BackendConnection oldest = deque.pollLast();
            if (oldest != null) {
                return oldest;
            }
        }
        return null;
    }

    /** False if it was not here. */
    boolean remove(BackendConnection connection) {
        ArrayDeque<BackendConnection> deque = byKey.get(connection.key());
        return deque != null && deque.remove(connection);
    }

    void removeIf(Predicate<BackendConnection> over) {
        for (ArrayDeque<BackendConnection> deque : byKey.values()) {
            deque.removeIf(over);
        }
        byKey.values().removeIf(ArrayDeque::isEmpty); // clients come and go, and with them keys
    }

    List<BackendConnection> all() {
        List<BackendConnection> all = new ArrayList<>();
        byKey.values().forEach(all::addAll);
        return all;
    }
}
