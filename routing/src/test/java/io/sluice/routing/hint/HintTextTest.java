// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.hint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementClassifier;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HintTextTest {
    private final StatementClassifier classifier = new StatementClassifier(64);

    @Test
    void reads_targets_hostgroups_and_lags() {
        assertThat(hints("/* sluice:source */ SELECT 1").target()).isEqualTo(Hints.Target.SOURCE);
        assertThat(hints("SELECT 1 /*SLUICE:Replica*/").target()).isEqualTo(Hints.Target.REPLICA);
        assertThat(hints("SELECT /* hostgroup=7 */ 1").hostgroup()).isEqualTo(7);
        assertThat(hints("/* sluice:hostgroup=7 */ SELECT 1").hostgroup()).isEqualTo(7);
        assertThat(hints("/* sluice:replica, sluice:max_lag=200ms because it must be new */ SELECT 1"))
                .isEqualTo(new Hints(Hints.Target.REPLICA, -1, Duration.ofMillis(200), null, List.of()));
        assertThat(hints("/* sluice:source */ SELECT /* hostgroup=2 */ 1"))
                .as("the last counts")
                .isEqualTo(new Hints(Hints.Target.ANY, 2, null, null, List.of()));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "200ms, 200", "3s, 3000", "2m, 120000", "2M, 120000"})
    void lags_have_units(String text, long millis) {
        assertThat(hints("/* sluice:max_lag=" + text + " */ SELECT 1").maxLag()).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void tells_what_it_does_not_know() {
        assertThat(hints("/* sluice:soruce sluice:max_lag=5 hostgroup=x sluice: */ SELECT 1"))
                .isEqualTo(new Hints(
                        Hints.Target.ANY,
                        -1,
                        null,
                        null,
                        List.of("sluice:soruce", "sluice:max_lag=5", "hostgroup=x", "sluice:")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1",
                "/* to sluice:source */ SELECT 1",
                "SELECT '/* sluice:source */'",
                "SELECT 1 -- /* sluice:source */",
                "/*+ sluice:source */ SELECT 1",
                "/* sluice */ SELECT 1",
                "/*  */ SELECT 1",
                "SELECT 1 /* sluice:source"
            })
    void what_only_looks_like_a_hint_is_none(String sql) {
        assertThat(hints(sql)).isSameAs(Hints.NONE);
    }

    @Test
    void the_digest_does_not_know_hints_and_its_cache_does_not_swallow_them() {
        Statement plain = classify("SELECT a FROM t");
        for (int i = 0; i < 3; i++) {
            assertThat(classify("/* sluice:source */ SELECT a FROM t")).isSameAs(plain);
            assertThat(classifier.hints().target()).isEqualTo(Hints.Target.SOURCE);
            assertThat(classify("SELECT a FROM t /* hostgroup=1 */")).isSameAs(plain);
            assertThat(classifier.hints().hostgroup()).isOne();
            assertThat(classify("SELECT a FROM t")).isSameAs(plain);
            assertThat(classifier.hints()).isSameAs(Hints.NONE);
        }
    }

    @Test
    void a_long_hint_is_cut_off() {
        String sql = "/* sluice:source " + "sluice:x".repeat(1000) + " */ UPDATE t SET a = 1";
        assertThat(hints(sql).target()).isEqualTo(Hints.Target.SOURCE);
        assertThat(classify(sql).statementClass()).isEqualTo(StatementClass.W);
    }

    private Hints hints(String sql) {
        classify(sql);
        return classifier.hints();
    }

    private Statement classify(String sql) {
        byte[] bytes = sql.getBytes(UTF_8);
        return classifier.classify(bytes, 0, bytes.length, LexContext.DEFAULT);
    }
}
