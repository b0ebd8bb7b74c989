// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.session.LoopScope;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Topology;
import java.util.List;

/** The snapshots that all event loops read: one writer each, no locks. */
final class LiveState {
    private volatile Topology topology = Topology.EMPTY;
    private volatile List<LoopScope> scopes = List.of();
    private final DeposedSources deposed = new DeposedSources();

    Topology topology() {
        return topology;
    }

    void setScopes(List<LoopScope> all) {
        scopes = List.copyOf(all);
    }

    List<LoopScope> scopes() {
        return scopes;
    }

    /** Called by the monitor's thread. Loops where commands are held are told; the others look when they route. */
    void publish(Topology next) {
        topology = next;
        for (LoopScope scope : scopes) {
            if (scope.hasHeld()) {
                scope.loop().execute(scope::topologyChanged);
            }
        }
        for (BackendAddress address : deposed.lostBy(next)) {
            scopes.forEach(scope -> scope.loop().execute(() -> scope.abandon(address)));
        }
    }
}
