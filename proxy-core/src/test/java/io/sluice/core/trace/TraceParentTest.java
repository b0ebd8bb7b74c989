// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TraceParentTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";
    private static final String TEXT = "00-" + TRACE + "-" + SPAN + "-01";

    @Test
    void is_read_as_the_standard_writes_it() {
        assertThat(TraceParent.parse(TEXT)).contains(new TraceParent(TRACE, SPAN, true));
        assertThat(TraceParent.parse("00-" + TRACE + "-" + SPAN + "-00")).contains(new TraceParent(TRACE, SPAN, false));
        assertThat(TraceParent.parse("cc-" + TRACE + "-" + SPAN + "-03-later"))
                .contains(new TraceParent(TRACE, SPAN, true));
    }

    @Test
    void is_nothing_of_what_the_standard_forbids() {
        for (String text : new String[] {
            "",
            TEXT.substring(1),
            TEXT.toUpperCase(Locale.ROOT),
            "ff" + TEXT.substring(2),
            "00-" + "0".repeat(32) + "-" + SPAN + "-01",
            "00-" + TRACE + "-" + "0".repeat(16) + "-01",
            TEXT + "0"
        }) {
            assertThat(TraceParent.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    void is_found_in_comments_at_either_end() {
        assertThat(find("SELECT 1 /*db_driver='x',traceparent='" + TEXT + "',a='b'*/"))
                .isTrue();
        assertThat(find("/*traceparent='" + TEXT + "'*/ SELECT 1")).isTrue();
        assertThat(find("SELECT 1 /*traceparent='" + TEXT + "'")).isTrue();
        assertThat(find("SELECT 1 /*traceparent='" + TEXT)).isFalse();
        assertThat(find("SELECT traceparent FROM t")).isFalse();
        assertThat(find("")).isFalse();
    }

    @Test
    void is_found_wherever_it_stands() {
        for (String before : new String[] {"t", "'", "traceparent=", "traceparent", "tracepa", "x='", "=", "aeneas"}) {
            for (int times = 0; times < 30; times++) {
                String text = before.repeat(times) + "traceparent='" + TEXT + "'";
                assertThat(find(text)).as(text).isTrue();
                assertThat(find(text.substring(0, text.length() - 1))).as(text).isFalse();
            }
        }
        assertThat(find("\u00e9".repeat(20) + "traceparent='" + TEXT + "'")).isTrue();
    }

    private static boolean find(String sql) {
        return TraceParent.find(sql.getBytes(StandardCharsets.UTF_8))
                .equals(Optional.of(new TraceParent(TRACE, SPAN, true)));
    }
}
