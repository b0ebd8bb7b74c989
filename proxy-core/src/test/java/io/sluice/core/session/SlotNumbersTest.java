// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.routing.gtid.GtidSet;
import org.junit.jupiter.api.Test;

class SlotNumbersTest {
    private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    @Test
    void of_a_tag_only_its_own_numbers_count() {
        GtidSet executed = GtidSet.parse(UUID + ":1-90:a:1-4:b:1-7");
        SlotNumbers numbers = SlotNumbers.ofTag(executed, UUID, "a");
        assertThat(numbers).isEqualTo(SlotNumbers.ofTag(GtidSet.parse(UUID + ":a:4"), UUID, "a"));
        assertThat(SlotNumbers.ofTag(executed, UUID, "b").exceed(numbers)).isTrue();
        assertThat(SlotNumbers.ofTag(executed, UUID, "c").isEmpty()).isTrue();
    }

    @Test
    void numbers_of_different_domains_are_not_compared() {
        SlotNumbers known = SlotNumbers.ofServerId("0-7-100, 0-1-200\n,3-1-9", "7");
        assertThat(SlotNumbers.ofServerId("0-7-100,5-7-2", "7").exceed(known)).isTrue();
        assertThat(SlotNumbers.ofServerId("0-7-100,5-1-2", "7").exceed(known)).isFalse();
        assertThat(SlotNumbers.ofServerId("0-7-101", "7").exceed(known)).isTrue();
        assertThat(SlotNumbers.ofServerId("", "7").exceed(known)).isFalse();
        assertThat(known.exceed(SlotNumbers.NONE)).isTrue();
    }

    @Test
    void of_two_the_higher_ones_stay() {
        SlotNumbers both = SlotNumbers.ofServerId("0-7-5,1-7-2", "7").and(SlotNumbers.ofServerId("0-7-3,1-7-4", "7"));
        assertThat(both)
                .isEqualTo(SlotNumbers.ofServerId("0-7-5,1-7-4", "7"))
                .hasSameHashCodeAs(SlotNumbers.ofServerId("0-7-5,1-7-4", "7"))
                .hasToString("{0=5, 1=4}");
    }

    @Test
    void other_texts_are_refused() {
        assertThatThrownBy(() -> SlotNumbers.ofServerId("0-7", "7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0-7");
    }
}
