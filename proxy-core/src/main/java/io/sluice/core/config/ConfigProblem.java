// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.util.Comparator;

/**
 * One mistake in the configuration.
 *
 * @param line counted from 1; 0 when the mistake is not in one place of the file
 * @param path the key, e.g. {@code servers[1].address}; empty for the whole file
 * @param wrong what is wrong
 * @param right what would be right; never shows a secret
 */
public record ConfigProblem(String file, int line, int column, String path, String wrong, String right) {
    static final Comparator<ConfigProblem> BY_PLACE =
            Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column);

    @Override
    public String toString() {
        String place = line == 0 ? file : file + ":" + line + ":" + column;
        return place + ": " + (path.isEmpty() ? "" : path + ": ") + wrong + (right.isEmpty() ? "" : "; " + right);
    }
}
