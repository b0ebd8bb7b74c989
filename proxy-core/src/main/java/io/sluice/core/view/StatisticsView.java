// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.routing.topology.BackendAddress;
import java.util.List;
import java.util.Map;

/**
 * What the data path has counted. Any thread but an event loop; each call asks every event loop and waits for it, unless
 * it says otherwise.
 */
public interface StatisticsView {

    /** The digests counted, at most as many as the configuration keeps: those that came most often. */
    List<DigestView> digests();

    /** The same; counting begins anew. */
    List<DigestView> takeDigests();

    /** Where the latest statements went, or those of a sample; the latest last. */
    List<DecisionView> decisions();

    /** Statements by their first word, answered by servers since the start. */
    List<CommandView> commands();

    /** Errors of servers that were passed on to clients since the start. */
    List<ErrorView> errors();

    /** Statements answered by each server since the start. */
    Map<BackendAddress, Long> queries();

    /** How long statements took since the start. Waits for nobody. */
    List<LatencyView> latencies();

    /** Whether event loops come to their work in time. Waits for nobody. */
    LoopsView loops();

    /** The log files that there are. Waits for nobody. */
    List<JournalView> journals();

    /** Commands that wait for a source now. Waits for nobody. */
    int held();
}
