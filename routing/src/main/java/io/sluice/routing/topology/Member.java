// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.topology;

import io.sluice.routing.gtid.GtidSet;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One server as last observed.
 *
 * @param weight its share of the reads among replicas; 0: none
 * @param version null when never reached
 * @param serverUuid empty when unknown
 * @param lag null when unknown; zero for the source
 * @param executed a lower bound of {@code gtid_executed}: the server has at least these; empty when unknown
 * @param observedAtNanos monotonic clock when the query that read {@code executed} was sent
 * @param note why it is not online or not eligible, for people; empty when all is well
 * @param errant how many transactions it is known to have that the source lacks
 * @param readable false when it must serve no reads, whatever its lag
 * @param diskFull whether writes wait in it for room on its disk
 * @param clustered whether it is a node of the Galera cluster that the source belongs to: no position proves what a read
 *     there sees, but it can wait for all that any node has committed
 */
public record Member(
        BackendAddress address,
        int weight,
        Role role,
        boolean online,
        @Nullable ServerVersion version,
        String serverUuid,
        @Nullable Duration lag,
        GtidSet executed,
        long observedAtNanos,
        String note,
        long errant,
        boolean readable,
        boolean diskFull,
        boolean clustered) {
    public Member {
        if (weight < 0) {
            throw new IllegalArgumentException(address + ": weight " + weight + " is negative");
        }
    }

    /** One of which nothing speaks against reads. */
    public Member(
            BackendAddress address,
            int weight,
            Role role,
            boolean online,
            @Nullable ServerVersion version,
            String serverUuid,
            @Nullable Duration lag,
            GtidSet executed,
            long observedAtNanos,
            String note) {
        this(
                address,
                weight,
                role,
                online,
                version,
                serverUuid,
                lag,
                executed,
                observedAtNanos,
                note,
                0,
                true,
                false,
                false);
    }

    /** The same server, but nothing may be sent to it. */
    public Member offline(String why) {
        return new Member(
                address,
                weight,
                role,
                false,
                version,
                serverUuid,
                lag,
                executed,
                observedAtNanos,
                why,
                errant,
                readable,
                diskFull,
                clustered);
    }

    public boolean isOnlineSource() {
        return online && role == Role.SOURCE;
    }

    public boolean isOnlineReplica() {
        return online && role == Role.REPLICA;
    }
}
