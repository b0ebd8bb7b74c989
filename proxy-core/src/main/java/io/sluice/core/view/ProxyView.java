// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.routing.Explanation;
import io.sluice.routing.topology.Topology;
import java.time.Instant;
import java.util.List;

/** What the admin and HTTP ports may see of the proxy. Any thread; every call is a fresh look, none of them blocks long. */
public interface ProxyView {

    Topology topology();

    List<SessionView> sessions();

    List<PoolView> pools();

    /** Where a statement would go now, of a new session. What is in it is not known before it was parsed once. */
    Explanation explain(String sql);

    HistoryView history();

    /** Whether new clients are let in: after the listeners are bound and before draining begins. */
    boolean accepting();

    Instant startedAt();

    int clientCount();
}
