// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.ServerVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one probe of one server brought: an answer or a failure. Times are of the monotonic clock; {@code sentNanos} was
 * taken before the question left, so whatever the answer contains was true at some moment after it.
 */
public sealed interface Observation {

    BackendAddress address();

    long sentNanos();

    long receivedNanos();

    /**
     * The server answered.
     *
     * @param serverUuid empty on MariaDB, which has none
     * @param channelsKnown false when the account may not see the replication status; {@code channels} is then empty
     * @param group null when it belongs to no replication group
     * @param binlogState of MariaDB
     * @param galera null when it is no node of a Galera cluster
     * @param managed null when it belongs to no managed service that has its own replication
     * @param diskFull whether writes wait in it for room on its disk
     * @param missingGrants statements that an administrator should run, for people
     */
    record Answer(
            BackendAddress address,
            long sentNanos,
            long receivedNanos,
            ServerVersion version,
            String serverUuid,
            long serverId,
            boolean readOnly,
            boolean channelsKnown,
            List<Channel> channels,
            GtidSet executed,
            BinlogState binlogState,
            @Nullable GroupView group,
            @Nullable GaleraNode galera,
            @Nullable ManagedNode managed,
            boolean diskFull,
            List<String> missingGrants)
            implements Observation {

        public Answer {
            channels = List.copyOf(channels);
            missingGrants = List.copyOf(missingGrants);
        }

        boolean writable() {
            return !readOnly;
        }
    }

    /**
     * The server did not answer.
     *
     * @param connectionLost whether an established connection broke just before: a second, independent sign
     */
    record Failure(
            BackendAddress address,
            long sentNanos,
            long receivedNanos,
            Kind kind,
            boolean connectionLost,
            String detail)
            implements Observation {

        /** Whether this alone proves that the server is going or gone. */
        boolean isProof() {
            return kind == Kind.SHUTTING_DOWN || (kind == Kind.REFUSED && connectionLost);
        }

        /** The same, now that the data path has had an answer since. */
        Failure toMonitorAlone() {
            return new Failure(address, sentNanos, receivedNanos, Kind.MUTE, connectionLost, detail);
        }
    }

    /** Why a probe failed; the text is for people. */
    enum Kind {
        REFUSED("connection refused"),
        /** On a connection that had worked: it hangs, or the way to it is cut. */
        TIMEOUT("no answer in time"),
        /** Its machine takes connections, the server itself says nothing. */
        HUNG("hangs, it takes connections and does not answer"),
        /** Not even a connection comes about. */
        UNREACHABLE("no way to it"),
        TOO_MANY_CONNECTIONS("alive, but has no connection left for the monitor"),
        ACCESS_DENIED("alive, but refuses the monitor's account"),
        /** Commands of clients are answered all the same. */
        MUTE("alive, but does not answer the monitor"),
        SHUTTING_DOWN("shutting down"),
        OTHER("failed");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** A server that says no is alive. */
        boolean provesLife() {
            return this == TOO_MANY_CONNECTIONS || this == ACCESS_DENIED || this == MUTE;
        }

        /** No answer, for whatever reason. */
        boolean isSilence() {
            return this == TIMEOUT || this == HUNG || this == UNREACHABLE;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
