// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.hostgroup;

/**
 * What the source and the replicas are counted in.
 *
 * @param source the number of the source's hostgroup, from 0 on
 * @param replicas that of the replicas', another one
 * @param name of both, for people; may be empty
 */
public record RoleNumbers(int source, int replicas, String name) {}
