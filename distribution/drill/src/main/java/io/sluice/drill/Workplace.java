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
    private boolean interrupted;

    public Workplace(Path home) {
        this.home = home;
        Directories.create(home);
        Runtime.getRuntime().addShutdownHook(new Thread(this::closeAtExit, "cleanup"));
    }

    /** Ctrl-C may come while something is just being started. */
    private void closeAtExit() {
        synchronized (this) {
            interrupted = !closed;
        }
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

    /**
     * Ends everything, but leaves the logs where they are. Not so while the program is being ended from outside: what
     * fails then fails for that.
     *
     * @return whether they are left
     */
    public synchronized boolean keepLogs() {
        if (interrupted) {
            return false;
        }
        keepLogs = true;
        close();
        return true;
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
