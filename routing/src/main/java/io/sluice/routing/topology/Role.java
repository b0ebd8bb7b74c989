// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.topology;

/** A server's part in replication. */
public enum Role {
    SOURCE,
    REPLICA,
    UNKNOWN
}
