// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration has mistakes: all of them, in the order of the file. A message for people, hence no stack trace. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    ConfigException(List<ConfigProblem> problems) {
        super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")), null, false, false);
        this.problems = List.copyOf(problems);
    }

    public List<ConfigProblem> problems() {
        return problems;
    }
}
