// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.view.FailoverView;
import io.sluice.core.view.HistoryView;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProbeView;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.SessionView;
import io.sluice.core.view.TopologyEvent;
import io.sluice.routing.Explanation;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.Router;
import io.sluice.routing.RoutingSettings;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.ServerVersion;
import io.sluice.routing.topology.Topology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A proxy that is only what it shows. */
public final class FakeView implements ProxyView {

    public volatile Topology topology = Topology.EMPTY;
    public volatile boolean accepting = true;
    public final List<SessionView> sessions = new ArrayList<>();
    public final List<PoolView> pools = new ArrayList<>();
    public final List<TopologyEvent> events = new ArrayList<>();
    public final List<FailoverView> failovers = new ArrayList<>();
    public final List<ProbeView> probes = new ArrayList<>();
    public final List<ProbeView.Connect> connects = new ArrayList<>();

    public static Member member(String address, Role role, boolean online, @Nullable Duration lag, String note) {
        return new Member(
                BackendAddress.parse(address),
                1,
                role,
                online,
                ServerVersion.parse("9.7.4"),
                "",
                lag,
                GtidSet.EMPTY,
                0,
                note);
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public List<SessionView> sessions() {
        return List.copyOf(sessions);
    }

    @Override
    public List<PoolView> pools() {
        return List.copyOf(pools);
    }

    @Override
    public Explanation explain(String sql) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        Statement statement = new StatementClassifier(4).classify(text, 0, text.length, LexContext.DEFAULT);
        return new Router(RoutingSettings.DEFAULT, new SplittableRandom(1))
                .explain(RouteRequest.ofNewSession(statement), topology);
    }

    @Override
    public HistoryView history() {
        return new HistoryView() {
            @Override
            public List<TopologyEvent> events() {
                return List.copyOf(events);
            }

            @Override
            public List<FailoverView> failovers() {
                return List.copyOf(failovers);
            }

            @Override
            public List<ProbeView> probes() {
                return List.copyOf(probes);
            }

            @Override
            public List<ProbeView.Connect> connects() {
                return List.copyOf(connects);
            }
        };
    }

    @Override
    public boolean accepting() {
        return accepting;
    }

    @Override
    public Instant startedAt() {
        return Instant.EPOCH;
    }

    @Override
    public int clientCount() {
        return sessions.size();
    }
}
