// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** One process that we started, with its output in a file. It never outlives this JVM, however that ends. */
public final class ChildProcess implements Program.Run {
    private static final Set<Process> STARTED = ConcurrentHashMap.newKeySet();

    /** Comes into being with the first process. */
    private static final class Reaper {
        static {
            Runtime.getRuntime().addShutdownHook(new Thread(ChildProcess::killAll, "reaper"));
        }

        static void watch(Process process) {
            STARTED.add(process);
        }
    }

    private final Process process;
    private final Path output;

    private ChildProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    public static ChildProcess start(List<String> command, Path output) {
        return start(command, output, Map.of());
    }

    public static ChildProcess start(List<String> command, Path output, Map<String, String> environment) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
            builder.environment().putAll(environment);
            Process process = builder.start();
            Reaper.watch(process);
            return new ChildProcess(process, output);
        } catch (IOException e) {
            throw new ServerFailure("cannot run " + command.get(0) + ": " + e.getMessage(), e);
        }
    }

    /**
     * SIGKILL for all that run, and what they have started; waits until they are gone. Of those that have ended nobody is
     * asked for: their numbers may be another's by now, whose children would pass for theirs.
     */
    public static void killAll() {
        List<ProcessHandle> all = new ArrayList<>();
        STARTED.stream().filter(Process::isAlive).forEach(process -> {
            process.descendants().forEach(all::add);
            all.add(process.toHandle());
        });
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public int exitCode(Duration limit) {
        try {
            if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                return process.exitValue();
            }
            kill();
            throw new ServerFailure("process " + pid() + " did not end within " + limit.toSeconds() + " s:\n" + tail());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailure("interrupted while waiting for process " + pid(), e);
        }
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void terminate() {
        process.destroy();
    }

    @Override
    public void pause() {
        signal("STOP");
    }

    @Override
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new ServerFailure("kill -" + name + " " + pid() + " ended with " + code);
            }
        } catch (IOException e) {
            throw new ServerFailure("cannot run kill: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String output() {
        try {
            return Files.exists(output) ? Files.readString(output, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            return "(cannot read " + output + ": " + e.getMessage() + ")";
        }
    }

    /** The end of the output, for error messages. */
    public String tail() {
        return tail(output());
    }

    static String tail(String text) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }
}
