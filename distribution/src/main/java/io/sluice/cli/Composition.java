// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.core.config.ConfigFile;
import java.time.Duration;

/** What {@link RunCommand} needs of a running proxy; the place where all parts are put together. */
interface Composition extends AutoCloseable {
    /** Where it really listens, as a log line shows it: the system chooses a port where the configuration says 0. */
    String addresses();

    /** Reads the configuration's file again, and puts in force what can change while it runs; the log tells what came of it. */
    void reload();

    /** Stops accepting and lets transactions end until the deadline. Blocks. */
    void drain(Duration deadline) throws InterruptedException;

    @Override
    void close();

    /**
     * Opens the ports and starts, with a database that the file fills anew if {@code initial}. Fails with a
     * {@link java.net.BindException} when a port is in use.
     */
    @FunctionalInterface
    interface Factory {
        Composition start(ConfigFile file, boolean initial) throws Exception;
    }

    static Composition start(ConfigFile file, boolean initial) throws Exception {
        return RunningProxy.start(file, initial);
    }
}
