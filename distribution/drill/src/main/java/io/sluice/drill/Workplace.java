// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill;

import io.sluice.drill.server.ChildProcess;
import io.sluice.drill.server.Directories;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is left on a machine while something runs: processes and one directory. Whatever ends the program, also
 * Ctrl-C, both are taken away; only after a failure the logs stay. Any thread.
 */
public final class Workplace implements AutoCloseable {
    private final Path home;
    private final List<Runnable> endings = new ArrayList<>();
    private boolean closed;
    private boolean keepLogs;

    public Workplace(Path home) {
        this.home = home;
        Directories.create(home);
        Runtime.getRuntime().addShutdownHook(new Thread(this::closeAtExit, "cleanup"));
    }

    /** Ctrl-C may come while something is just being started. */
    private void closeAtExit() {
        ChildProcess.killAll();
        close();
    }

    public Path home() {
        return home;
    }

    /** What is begun last ends first. */
    public synchronized void closesLater(Runnable ending) {
        endings.add(0, ending);
    }

    /** Ends everything, but leaves the logs where they are. */
    public synchronized void keepLogs() {
        keepLogs = true;
        close();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        endings.forEach(Runnable::run);
        if (!keepLogs) {
            Directories.delete(home);
        }
    }
}
