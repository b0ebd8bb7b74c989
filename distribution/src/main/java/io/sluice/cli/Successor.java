// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a process that takes this one's place, of the version that is installed now. Used by the signal's thread. */
final class Successor {
    private static final Logger LOG = LoggerFactory.getLogger(Successor.class);

    private final Path config;
    private final @Nullable String home;
    private @Nullable Process started;

    /** @param home where Sluice is installed; null if its launcher has not told */
    Successor(Path config, @Nullable String home) {
        this.config = config;
        this.home = home;
    }

    /** Does not wait: what becomes of it is in the log, which both write. While one is on its way there is no second. */
    synchronized void start() {
        if (home == null) {
            LOG.error(
                    "event=successor_failed why=\"sluice.home is not set\" remedy=\"start it: sluice run --takeover\"");
            return;
        }
        if (started != null && started.isAlive()) {
            LOG.warn("event=successor_under_way pid={}", started.pid());
            return;
        }
        String launcher = Path.of(home, "bin", "sluice").toString();
        try {
            started = new ProcessBuilder(List.of(launcher, "run", "--takeover", "-c", config.toString()))
                    .inheritIO()
                    .start();
            LOG.info("event=successor_started pid={}", started.pid());
        } catch (IOException e) {
            LOG.error("event=successor_failed why=\"{}\" effect=\"this process goes on\"", e.getMessage());
        }
    }
}
