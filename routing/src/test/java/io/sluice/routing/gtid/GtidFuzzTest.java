// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.gtid;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.Fuzz;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A text that a server sends as its GTIDs is a set, or is said not to be one. */
final class GtidFuzzTest {
    private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    @Test
    void any_text_is_a_set_or_refused() {
        List<String> samples = List.of(
                UUID + ":1-10",
                UUID + ":1-3:5:7-9223372036854775806,\n8f8f8f8f-71ca-11e1-9e33-c80aa9429562:1",
                UUID + ":tag_one:1-5:other:7",
                "0-1-100",
                "0-1-100,1-2-18446744073709551615",
                "");
        Fuzz.run(samples, (text, random) -> {
            GtidSet set;
            try {
                set = GtidSet.parse(new String(text, StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotEmpty();
                return;
            }
            assertThat(GtidSet.parse(set.toString())).isEqualTo(set);
            assertThat(set.contains(set)).isTrue();
            assertThat(set.subtract(set).isEmpty()).isTrue();
            assertThat(set.union(set)).isEqualTo(set);
        });
    }
}
