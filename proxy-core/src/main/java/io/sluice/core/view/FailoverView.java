// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A time without a source, or a change from one source to another.
 *
 * @param from the source before, by its address
 * @param lostAt when it was one no more
 * @param whyLost in words
 * @param to the source after it, perhaps the same one; null while there is none
 * @param regainedAt when there was one again; null while there is none
 * @param whyRegained in words; empty while there is none
 */
public record FailoverView(
        String from,
        Instant lostAt,
        String whyLost,
        @Nullable String to,
        @Nullable Instant regainedAt,
        String whyRegained) {

    /** How long there was no source; null while there is none. */
    public @Nullable Duration gap() {
        return regainedAt == null ? null : Duration.between(lostAt, regainedAt);
    }
}
