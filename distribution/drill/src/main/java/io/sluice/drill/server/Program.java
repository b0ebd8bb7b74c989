// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Something that can be run with arguments: a file of this machine, or an image of a container engine. */
@FunctionalInterface
public interface Program {

    /** One run of it. */
    interface Run {
        boolean isAlive();

        /** SIGKILL, and waits until its ports are free. */
        void kill();

        /** SIGTERM; does not wait. */
        void terminate();

        /** SIGSTOP. */
        void pause();

        /** SIGCONT. */
        void resume();

        /** Waits for the end; after the limit kills it and fails. */
        int exitCode(Duration limit);

        String output();
    }

    /** Starts a run; its output goes to the file where the program has nowhere else to put it. */
    Run start(List<String> arguments, Path output);

    /** Runs to the end and returns the output; fails with that output when the exit code is not 0. */
    default String run(List<String> arguments, Path output, Duration limit) {
        Run run = start(arguments, output);
        int code = run.exitCode(limit);
        if (code != 0) {
            throw new ServerFailure(
                    String.join(" ", arguments) + "\n  ended with " + code + ":\n" + ChildProcess.tail(run.output()));
        }
        return run.output();
    }

    /** A program of this machine, with what has to stand before the arguments. */
    static Program of(List<String> command) {
        return (arguments, output) -> {
            List<String> all = new java.util.ArrayList<>(command);
            all.addAll(arguments);
            return ChildProcess.start(all, output);
        };
    }
}
