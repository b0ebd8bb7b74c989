// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which tags a process has, whatever became of those before it. */
class TagSetTest {
    private static final Duration REST = Duration.ofSeconds(70);

    @TempDir
    private Path directory;

    private TagSet take(long seconds) {
        return TagSet.take(directory, REST, seconds * 1000);
    }

    @Test
    void one_that_starts_right_behind_another_has_the_other_set() {
        TagSet one = take(0);
        assertThat(one.first()).isEqualTo(1);
        one.close(5_000);
        TagSet two = take(6);
        assertThat(two.first()).isEqualTo(4097);
        assertThat(two.rest()).isZero();
        two.close(10_000);
        TagSet three = take(15);
        assertThat(three.first()).isEqualTo(1);
        assertThat(three.rest()).isEqualTo(Duration.ofSeconds(60));
        three.close(16_000);
        assertThat(take(1_000).rest()).isZero();
    }

    @Test
    void two_at_once_never_have_the_same_and_a_third_has_none() {
        try (TagSet one = take(0);
                TagSet two = take(0);
                TagSet three = take(0)) {
            assertThat(one.first()).isEqualTo(1);
            assertThat(two.first()).isEqualTo(4097);
            assertThat(three.first()).isZero();
        }
    }

    @Test
    void what_a_killed_process_had_rests_from_when_somebody_notices() throws Exception {
        Files.writeString(directory.resolve("tags-0"), "used\n");
        Files.writeString(directory.resolve("tags-1"), "what is this");
        TagSet one = take(100);
        assertThat(one.rest()).isEqualTo(REST);
        one.close(100_000);
        Files.writeString(directory.resolve("tags-1"), "free since 90000\n");
        TagSet two = take(110);
        assertThat(two.first()).isEqualTo(4097);
        assertThat(two.rest()).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    void without_a_directory_there_are_none() {
        TagSet none = TagSet.take(directory.resolve("gone"), REST, 0);
        assertThat(none.first()).isZero();
        none.close();
    }
}
