// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpellingTest {
    private static final List<String> KNOWN = List.of("max_lag", "max_age", "interval", "user", "users");

    @Test
    void finds_the_nearest_word() {
        assertThat(Spelling.nearest("intreval", KNOWN)).contains("interval");
        assertThat(Spelling.nearest("maxLag", KNOWN)).contains("max_lag");
        assertThat(Spelling.nearest("MAX-AGE", KNOWN)).contains("max_age");
        assertThat(Spelling.nearest("usr", KNOWN)).contains("user");
    }

    @Test
    void finds_nothing_for_a_word_unlike_all() {
        assertThat(Spelling.nearest("hostname", KNOWN)).isEmpty();
        assertThat(Spelling.nearest("", KNOWN)).isEmpty();
    }

    @Test
    void counts_insertions_deletions_replacements_and_swaps() {
        assertThat(Spelling.distance("abc", "abc")).isZero();
        assertThat(Spelling.distance("abc", "acb")).isEqualTo(1);
        assertThat(Spelling.distance("abc", "ab")).isEqualTo(1);
        assertThat(Spelling.distance("", "abc")).isEqualTo(3);
    }
}
