// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import java.time.Duration;

/**
 * The knobs of routing.
 *
 * @param maxLag a replica further behind gets no reads
 * @param refuseFencing refuse statements that would change who is the source behind the monitor's back
 * @param replicaTransactions read-only transactions go to replicas
 */
public record RoutingSettings(Duration maxLag, boolean refuseFencing, boolean replicaTransactions) {
    public static final RoutingSettings DEFAULT = new RoutingSettings(Duration.ofSeconds(10), true, true);

    public RoutingSettings {
        if (maxLag.isNegative()) {
            throw new IllegalArgumentException("maxLag is negative");
        }
    }
}
