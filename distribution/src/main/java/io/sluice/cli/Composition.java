// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.core.config.SluiceConfig;
import java.time.Duration;

/** What {@link RunCommand} needs of a running proxy; the place where all parts are put together. */
interface Composition extends AutoCloseable {
    /** Where it really listens, as a log line shows it: the system chooses a port where the configuration says 0. */
    String addresses();

    /** Stops accepting and lets transactions end until the deadline. Blocks. */
    void drain(Duration deadline) throws InterruptedException;

    @Override
    void close();

    /** Opens the ports and starts. Fails with a {@link java.net.BindException} when a port is in use. */
    @FunctionalInterface
    interface Factory {
        Composition start(SluiceConfig config) throws Exception;
    }

    static Composition start(SluiceConfig config) throws Exception {
        return RunningProxy.start(config);
    }
}
