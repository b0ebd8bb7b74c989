// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.config.MonitorSettings;
import io.sluice.routing.topology.BackendAddress;
import java.util.concurrent.CompletableFuture;

/** Asks one server. Called by the monitor's thread only, and never while an earlier question is unanswered. */
public interface Probe extends AutoCloseable {

    /** Never blocks. The future may be completed by any thread; a server's failure is an observation, not an error. */
    CompletableFuture<Observation> ask();

    /** The answer is no longer awaited: drop the connection, so that whatever hangs on it comes loose. */
    void abandon();

    /** The next question goes to whatever server is behind the address by then, over a new connection. */
    void renew();

    @Override
    void close();

    /** Makes the probe of one server. */
    interface Factory {
        Probe probeOf(BackendAddress address);

        /** Connections that are opened from now on wait for so long. */
        default void use(MonitorSettings settings) {}
    }
}
