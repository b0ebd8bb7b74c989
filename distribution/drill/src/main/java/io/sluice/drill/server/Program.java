// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

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

    /** The same, run by another program that takes its command as arguments; nothing changes if that is empty. */
    default Program by(List<String> launcher) {
        if (launcher.isEmpty()) {
            return this;
        }
        throw new ServerFailure("only a program of this machine can be run by " + String.join(" ", launcher));
    }

    /** A program of this machine, with what has to stand before the arguments. */
    static Program of(List<String> command) {
        return new OfThisMachine(List.copyOf(command));
    }

    /** A file, and what has to stand before the arguments. */
    record OfThisMachine(List<String> command) implements Program {
        @Override
        public Run start(List<String> arguments, Path output) {
            return ChildProcess.start(joined(command, arguments), output);
        }

        @Override
        public Program by(List<String> launcher) {
            return new OfThisMachine(joined(launcher, command));
        }

        private static List<String> joined(List<String> first, List<String> second) {
            return Stream.concat(first.stream(), second.stream()).toList();
        }
    }
}
