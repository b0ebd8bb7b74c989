// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What the nodes of a Galera cluster have for certain. Each node counts its GTIDs by itself, and no position tells what
 * its tables show. But a node can be asked to wait until it has all that any node had committed when it was asked: then
 * it has every write that was answered before. Besides, it has what it took itself, and what came before that, since all
 * nodes commit in one order.
 *
 * <p>Belongs to one {@link Router}; not thread-safe.
 */
final class ClusterSync {
    /** A node that could not do it in time is left alone for so long: the wait that was given up goes on there. */
    private static final long ALONE_NANOS = Duration.ofSeconds(5).toNanos();

    private final Map<BackendAddress, Long> askedAtNanos = new HashMap<>();
    private final Map<BackendAddress, Long> behindSinceNanos = new HashMap<>();

    /** Another topology: the server at an address may have become another one. */
    void observe(Topology topology) {
        askedAtNanos.clear();
        if (!behindSinceNanos.isEmpty()) {
            behindSinceNanos
                    .entrySet()
                    .removeIf(entry -> topology.member(entry.getKey())
                            .filter(node -> !isOver(node, entry.getValue()))
                            .isEmpty());
        }
    }

    private static boolean isOver(Member node, long sinceNanos) {
        return node.observedAtNanos() - sinceNanos > ALONE_NANOS;
    }

    boolean has(BackendAddress node, RouteRequest request) {
        if (!request.requiredGtids().isEmpty()) {
            return false; // by a token, or of a time when there was no cluster
        }
        long written = request.writtenAtNanos();
        if (written == 0 || node.equals(request.writtenOn())) {
            return true;
        }
        Long asked = askedAtNanos.get(node);
        return asked != null && asked - written > 0;
    }

    /** Of a node that is fit to read from, whatever it has. */
    Eligibility eligibility(BackendAddress node, RouteRequest request) {
        if (has(node, request)) {
            return Eligibility.FRESH;
        }
        if (behindSinceNanos.containsKey(node)) {
            return Eligibility.WAITED_IN_VAIN;
        }
        return request.mayWait() ? Eligibility.AFTER_WAIT : Eligibility.LACKS_WRITES;
    }

    void caughtUp(BackendAddress node, long asked) {
        askedAtNanos.merge(node, asked, (one, other) -> one - other > 0 ? one : other);
    }

    void fellBehind(BackendAddress node, long nanos) {
        behindSinceNanos.put(node, nanos);
    }
}
