// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.view.FailoverView;
import io.sluice.core.view.HistoryView;
import io.sluice.core.view.ProbeView;
import io.sluice.core.view.TopologyEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Keeps the latest that has happened to the servers, for people who come later. Thread-safe. */
final class TopologyHistory implements HistoryView {
    private static final int MAX_EVENTS = 500;
    private static final int MAX_FAILOVERS = 100;

    private final Deque<TopologyEvent> events = new ArrayDeque<>();
    private final Deque<FailoverView> failovers = new ArrayDeque<>();
    private final ProbeLog probes;

    TopologyHistory(ProbeLog probes) {
        this.probes = probes;
    }

    synchronized void add(TopologyEvent event) {
        if (events.size() == MAX_EVENTS) {
            events.removeFirst();
        }
        events.addLast(event);
        if (event.event().equals(TopologyEvent.SOURCE_CHANGED)) {
            sourceChanged(event);
        }
    }

    private void sourceChanged(TopologyEvent event) {
        String from = event.fact("from");
        String to = event.fact("to");
        String why = event.fact("why");
        boolean lost = !from.equals(TopologyEvent.NONE);
        boolean regained = !to.equals(TopologyEvent.NONE);
        FailoverView open = failovers.peekLast();
        if (lost) {
            push(new FailoverView(
                    from, event.at(), why, regained ? to : null, regained ? event.at() : null, regained ? why : ""));
        } else if (regained && open != null && open.to() == null) {
            failovers.removeLast();
            push(new FailoverView(open.from(), open.lostAt(), open.whyLost(), to, event.at(), why));
        }
    }

    private void push(FailoverView failover) {
        if (failovers.size() == MAX_FAILOVERS) {
            failovers.removeFirst();
        }
        failovers.addLast(failover);
    }

    @Override
    public synchronized List<TopologyEvent> events() {
        return List.copyOf(events);
    }

    @Override
    public synchronized List<FailoverView> failovers() {
        return List.copyOf(failovers);
    }

    @Override
    public List<ProbeView> probes() {
        return probes.probes();
    }

    @Override
    public List<ProbeView.Connect> connects() {
        return probes.connects();
    }
}
