// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One replication channel as a replica describes it.
 *
 * @param sourceUuid empty on MariaDB, and on MySQL until the channel has connected once
 * @param sourceServerId 0 when unknown
 * @param appliedAll whether everything that was received is applied
 * @param lag the replica's own word; null when it has none
 * @param error what the server says is wrong, or empty
 */
record Channel(
        String name,
        String sourceHost,
        int sourcePort,
        String sourceUuid,
        long sourceServerId,
        Receiver receiver,
        boolean applierRunning,
        boolean appliedAll,
        @Nullable Duration lag,
        String error) {

    /** The state of the thread that receives from the source ("IO thread"). */
    enum Receiver {
        RUNNING,
        /** It means to run, but has no connection: the source is gone, or the way to it. */
        CONNECTING,
        /** Stopped by somebody, or by an error that a retry does not mend. */
        STOPPED
    }

    /** Whether this channel would take what its source writes. */
    boolean isActive() {
        return receiver != Receiver.STOPPED;
    }

    boolean isReceiving() {
        return receiver == Receiver.RUNNING;
    }

    Channel withLag(Duration measured) {
        return new Channel(
                name,
                sourceHost,
                sourcePort,
                sourceUuid,
                sourceServerId,
                receiver,
                applierRunning,
                appliedAll,
                measured,
                error);
    }

    @Override
    public String toString() {
        return sourceHost + ":" + sourcePort;
    }
}
