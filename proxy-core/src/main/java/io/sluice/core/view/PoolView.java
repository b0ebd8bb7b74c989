// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.routing.topology.BackendAddress;

/**
 * One backend's pool at a moment.
 *
 * @param limit connections allowed
 * @param open connections there are, leased ones included
 * @param leased connections in use
 * @param waiting commands that wait for a connection
 * @param opened connections opened since the start
 * @param closed connections closed since the start
 * @param resets connections cleaned for the next session since the start
 * @param failed connections that could not be opened, or were lost, since the start
 * @param slowness how many times as long as other servers it takes to answer reads; 1 unless that is clear
 */
public record PoolView(
        BackendAddress backend,
        int limit,
        int open,
        int leased,
        int waiting,
        long opened,
        long closed,
        long resets,
        long failed,
        double slowness) {}
