// SPDX-License-Identifier: Apache-2.0
/**
 * Watches the servers and says who they are. A {@code Probe} asks one server and returns an
 * immutable {@link io.sluice.core.monitor.Observation}; the pure {@link io.sluice.core.monitor.TopologyReducer} turns
 * observations and evidence into a {@link io.sluice.routing.topology.Topology}; {@code Monitor}
 * schedules the probes and publishes. Read in the order Observation, TopologyReducer, SourceElection, LagEstimate,
 * Monitor, JdbcProbe.
 *
 * <p>What is believed, and why: roles come from read_only <em>and</em> from who replicates from whom. A member goes
 * offline after one strong sign of death (its connection broke and the port refuses) or two weak ones; running out of
 * connections, or refusing the monitor's account, is a sign of life. Lag is the larger of what the replica itself says
 * and what the source's earlier GTID positions prove, so a replica cut off from its source cannot pretend. While the
 * source is dead, lag is counted only up to the moment the source was last seen alive: reads go on.
 *
 * <p>That a server is writable makes it the source only if nothing speaks against it ({@code MemberState.Standing}): not
 * if it was the source before and may just have come back, not if it was writable all along while another one was
 * preferred, not by an answer that is older than a failed probe.
 *
 * <p>A group of MySQL Group Replication elects its source itself: {@code GroupElection} takes the majority's word.
 * Among the nodes of a Galera cluster, which all take writes, {@code GaleraElection} chooses one.
 * Of a managed service's servers, {@code ManagedElection} takes the one that its tables call the writer.
 *
 * <p>Nothing here but {@code JdbcProbe} and {@code SystemThread} touches a clock, a thread or the network.
 */
@NullMarked
package io.sluice.core.monitor;

import org.jspecify.annotations.NullMarked;
