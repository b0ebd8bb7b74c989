// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.failover.Gate;
import io.sluice.core.monitor.Monitor;
import io.sluice.core.view.OpenWork;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.util.ArrayList;
import java.util.List;

/** Opens and closes the way to servers for operations. Thread-safe. */
final class ProxyGate implements Gate {
    private final LiveState live;
    private final Monitor monitor;
    private final EachLoop loops;

    ProxyGate(LiveState live, Monitor monitor, EachLoop loops) {
        this.live = live;
        this.monitor = monitor;
        this.loops = loops;
    }

    @Override
    public Topology topology() {
        return live.observed();
    }

    @Override
    public void withhold(BackendAddress server, String why) {
        live.withhold(server, why);
        live.scopes().forEach(scope -> scope.loop().execute(() -> scope.outdate(server)));
    }

    @Override
    public void release(BackendAddress server) {
        live.release(server);
    }

    @Override
    public List<OpenWork> openWorkAt(BackendAddress server) {
        List<List<OpenWork>> answers = loops.ask(scope -> scope.openWorkAt(server));
        List<OpenWork> work = new ArrayList<>();
        answers.forEach(work::addAll);
        if (answers.size() < live.scopes().size()) {
            work.add(new OpenWork(0, "unknown", "an event loop that does not answer"));
        }
        return work;
    }

    @Override
    public void abandon(BackendAddress server) {
        live.scopes().forEach(scope -> scope.loop().execute(() -> scope.abandon(server, "an operator cut it off")));
    }

    @Override
    public void look() {
        live.observed().members().stream().map(Member::address).forEach(monitor::ask);
    }
}
