// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import java.util.List;

/** What has happened to the servers since the start, as far back as it is kept. Any thread; each call is a fresh look. */
public interface HistoryView {

    /** The latest events, the oldest of them first. */
    List<TopologyEvent> events();

    /** The latest changes of the source, the oldest of them first; the last one may still have none again. */
    List<FailoverView> failovers();

    /** The latest probes of each server that there is, one server after the other, its oldest first. */
    List<ProbeView> probes();

    /** The same of the connections that were opened for them. */
    List<ProbeView.Connect> connects();
}
