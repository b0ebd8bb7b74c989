// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Files of JSON lines.
 *
 * @param clients where logins and refusals are written; null: nowhere
 */
public record LogSettings(Queries queries, @Nullable Path clients) {

    /**
     * Which statements are written where.
     *
     * @param file null: none
     * @param slow those that took at least so long; 0: none for that
     * @param oneIn so many of the others; 0: none, 1: all
     * @param literals whether they are written with their literals
     */
    public record Queries(@Nullable Path file, Duration slow, int oneIn, boolean literals) {
        public static final Queries NONE = new Queries(null, Duration.ZERO, 0, false);

        static Queries read(Section section) {
            return new Queries(
                    section.path("file", "The file for statements, as lines of JSON; \"\": none."),
                    section.get(Key.duration(
                            "slow",
                            "1s",
                            "0",
                            "1d",
                            "Statements that took at least so long are written; 0: none for that.")),
                    section.get(Key.integer(
                            "one_in", 0, 0, 1_000_000, "Of all others one in so many is written; 0: none, 1: all.")),
                    section.get(
                            Key.flag(
                                    "literals",
                                    false,
                                    "true: statements are written as they came, which may tell secrets; false: ? for each literal.")));
        }
    }

    static LogSettings read(Section section) {
        return new LogSettings(
                section.section("queries", Queries::read),
                section.section(
                        "clients",
                        clients -> clients.path(
                                "file", "The file for logins and refusals, as lines of JSON; \"\": none.")));
    }
}
