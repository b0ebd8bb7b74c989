// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class SlotTagsTest {
    private final SlotTags tags = new SlotTags("t", 100, 1, 2, Long.MIN_VALUE / 2);

    @Test
    void each_tag_is_for_one_connection_at_a_time() {
        assertThat(tags.take("a", 0)).isEqualTo(new SlotTags.Tag("t_1", 100));
        assertThat(tags.take("b", 0)).isEqualTo(new SlotTags.Tag("t_2", 101));
        assertThat(tags.take("a", 0)).isNull();
    }

    @Test
    void a_tag_given_back_rests_for_its_server_alone() {
        SlotTags.Tag first = Objects.requireNonNull(tags.take("a", 0));
        SlotTags.Tag second = Objects.requireNonNull(tags.take("a", 0));
        tags.giveBack(first, "a", 100);
        tags.giveBack(second, "a", 200);
        assertThat(tags.take("a", 99)).isNull();
        assertThat(tags.take("b", 99)).isEqualTo(first);
        tags.giveBack(first, "b", 150);
        assertThat(tags.take("b", 120)).isEqualTo(second);
        assertThat(tags.take("b", 120)).isNull();
        assertThat(tags.take("a", 120)).isEqualTo(first);
        tags.giveBack(first, "a", 125);
        assertThat(tags.take("b", 149)).as("it still rests there").isNull();
        assertThat(tags.take("b", 150)).isEqualTo(first);
    }

    @Test
    void those_of_another_process_rest_first() {
        SlotTags others = new SlotTags("t", 100, 4097, 1, 50);
        assertThat(others.take("a", 49)).isNull();
        assertThat(others.rest(49)).isTrue();
        assertThat(others.take("a", 50)).isEqualTo(new SlotTags.Tag("t_4097", 4196));
    }

    @Test
    void where_gtids_do_not_tell_servers_apart_it_rests_for_all() {
        SlotTags.Tag first = Objects.requireNonNull(tags.take("", 0));
        SlotTags.Tag second = Objects.requireNonNull(tags.take("", 0));
        tags.giveBack(first, "", 100);
        tags.giveBack(second, "", 100);
        assertThat(tags.take("", 99)).isNull();
        assertThat(tags.take("", 100)).isEqualTo(first);
    }
}
