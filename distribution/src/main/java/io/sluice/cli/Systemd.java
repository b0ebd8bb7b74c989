// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the service is, where it wants to know (Type=notify). By the program systemd-notify, since Java has
 * no datagrams through Unix sockets.
 */
record Systemd(@Nullable String socket, String program) {
    private static final Logger LOG = LoggerFactory.getLogger(Systemd.class);
    private static final long PATIENCE_SECONDS = 5;

    static Systemd ofEnvironment() {
        return new Systemd(System.getenv("NOTIFY_SOCKET"), "systemd-notify");
    }

    /** @param assignments such as READY=1. Blocks until systemd has them, for a few seconds at most. */
    void tell(String... assignments) {
        if (socket == null || socket.isEmpty()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(List.of(assignments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroy();
                LOG.warn("event=systemd_not_told why=\"{} does not end\"", program);
            } else if (process.exitValue() != 0) {
                LOG.warn("event=systemd_not_told why=\"{} ended with {}\"", program, process.exitValue());
            }
        } catch (IOException e) {
            LOG.warn(
                    "event=systemd_not_told why=\"{}\" remedy=\"install systemd, or unset NOTIFY_SOCKET\"",
                    e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
