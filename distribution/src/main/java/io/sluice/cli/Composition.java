// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.core.config.ConfigFile;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** What {@link RunCommand} needs of a running proxy; the place where all parts are put together. */
interface Composition extends AutoCloseable {
    /** Where it really listens, as a log line shows it: the system chooses a port where the configuration says 0. */
    String addresses();

    /** Reads the configuration's file again, and puts in force what can change while it runs; the log tells what came of it. */
    void reload();

    /** Stops accepting and lets transactions end until the deadline. Blocks. */
    void drain(Duration deadline) throws InterruptedException;

    /** Done when another process has taken over and this one lets nobody in any more; never, where that cannot be. */
    CompletionStage<Void> replaced();

    /** Another process has taken over: lets clients go as they are idle, until the deadline. Blocks. */
    void retire(Duration deadline);

    @Override
    void close();

    /**
     * How it begins.
     *
     * @param initial whether the file fills the database anew
     * @param takeover whether it takes the place of the process that runs
     */
    record Start(boolean initial, boolean takeover) {}

    /**
     * Opens the ports and starts. Fails with a {@link java.net.BindException} when a port is in use, unless it is to take over
     * from the process that uses it.
     */
    @FunctionalInterface
    interface Factory {
        Composition start(ConfigFile file, Start start) throws Exception;
    }

    static Composition start(ConfigFile file, Start start) throws Exception {
        return RunningProxy.start(file, start);
    }
}
