// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import io.sluice.it.server.Directories;
import io.sluice.it.server.ReplicationTopology;
import io.sluice.it.server.SluiceProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a quickstart leaves on a machine while it runs: processes and one directory. Whatever ends the program, both
 * are taken away; only after a failure the logs stay.
 */
final class Workplace {
    private final Path home;
    private final List<Runnable> endings = new ArrayList<>();
    private boolean closed;
    private boolean keepLogs;

    Workplace(Path home) {
        this.home = home;
        Directories.create(home);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "cleanup"));
    }

    Path home() {
        return home;
    }

    synchronized void closesLater(SluiceProcess sluice) {
        endings.add(0, sluice::close);
    }

    synchronized void closesLater(ReplicationTopology topology) {
        endings.add(topology::close);
    }

    synchronized void keepLogs() {
        keepLogs = true;
        close();
        Console.item("logs", home + " (server*/error.log, sluice/sluice.log)");
    }

    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        endings.forEach(Runnable::run);
        if (!keepLogs && Files.exists(home)) {
            Directories.delete(home);
        }
    }
}
