// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads configuration texts for tests. */
final class Configurations {
    private Configurations() {}

    /** The configuration of a text without mistakes. */
    static SluiceConfig read(String text) {
        Reading reading = reading(text);
        if (!reading.problems.isEmpty()) {
            throw new AssertionError(reading.problems);
        }
        return config(reading, text);
    }

    /** The mistakes, one text each, in the order of the file. */
    static List<String> problems(String text) {
        return reading(text).problems.stream()
                .sorted(ConfigProblem.BY_PLACE)
                .map(ConfigProblem::toString)
                .toList();
    }

    static Reading reading(String text) {
        Reading reading = new Reading("test.yaml", Path.of(""), Map.of("WORD", "from-environment", "PORT", "4000"));
        config(reading, text);
        return reading;
    }

    private static SluiceConfig config(Reading reading, String text) {
        try {
            return SluiceConfig.parse(reading, text);
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }
}
