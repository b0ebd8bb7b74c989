// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.sql.parse.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

final class StructuresTest {
    /** The tasks wait here until a test runs them. */
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    private final Structures structures = new Structures(tasks::add, Structures.WEIGHT_MAX_DEFAULT);
    private final StatementClassifier classifier = new StatementClassifier(64, structures);

    private static Statement classify(StatementClassifier classifier, String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return classifier.classify(bytes, 0, bytes.length, LexContext.DEFAULT);
    }

    private static Statement atOnce(String sql) {
        return classify(new StatementClassifier(64, new Structures(Runnable::run, 1 << 20)), sql);
    }

    @Test
    void judges_by_words_until_the_structure_is_known() {
        String sql = "SELECT * FROM t FOR SYSTEM_TIME AS OF NOW() JOIN {OJ (s.u)}";
        assertThat(classify(classifier, sql).statementClass()).isEqualTo(StatementClass.W);
        assertThat(classify(classifier, sql).facts()).isNull();
        tasks.remove().run();
        Statement known = classify(classifier, sql);
        assertThat(known.statementClass()).isEqualTo(StatementClass.R);
        assertThat(known.facts().tablesRead())
                .containsExactlyInAnyOrder(new TableName(null, "t"), new TableName("s", "u"));
        assertThat(classify(classifier, sql)).isSameAs(known);
    }

    @Test
    void parses_a_text_once_for_all_its_literals_and_all_classifiers() {
        StatementClassifier other = new StatementClassifier(64, structures);
        for (int i = 0; i < 10; i++) {
            classify(classifier, "SELECT a FROM t WHERE id = " + i);
            classify(other, "SELECT a FROM t WHERE id = '" + i + "'");
        }
        assertThat(tasks).hasSize(1);
        tasks.remove().run();
        assertThat(classify(classifier, "SELECT a FROM t WHERE id = 11").facts())
                .isNotNull();
        assertThat(classify(other, "SELECT a FROM t WHERE id = 11").facts()).isNotNull();
        assertThat(tasks).isEmpty();
        assertThat(structures.parsed()).isEqualTo(1);
    }

    @Test
    void remembers_what_it_does_not_understand_and_counts_it_once() {
        for (int i = 0; i < 10; i++) {
            assertThat(classify(classifier, "SELECT FROM WHERE " + i).facts()).isNull();
            tasks.forEach(Runnable::run);
            tasks.clear();
        }
        assertThat(structures.parsed()).isEqualTo(1);
        assertThat(structures.notUnderstood()).isEqualTo(1);
    }

    @Test
    void takes_no_more_texts_than_may_wait() {
        for (int i = 0; i < 2_000; i++) {
            classify(classifier, "SELECT a" + i + " FROM t");
        }
        assertThat(tasks).hasSize(1_024);
        assertThat(structures.turnedAway()).isEqualTo(2_000 - 1_024);
    }

    @Test
    void asks_again_when_the_executor_had_no_room() {
        boolean[] full = {true};
        Executor executor = task -> {
            if (full[0]) {
                throw new RejectedExecutionException();
            }
            task.run();
        };
        StatementClassifier refused = new StatementClassifier(64, new Structures(executor, 1 << 20));
        assertThat(classify(refused, "SELECT a FROM t").facts()).isNull();
        full[0] = false;
        assertThat(classify(refused, "SELECT a FROM t").facts()).isNotNull();
    }

    @Test
    void relaxes_only_what_is_no_call() {
        for (String sql : new String[] {
            "SELECT * FROM JSON_TABLE('{}', '$' COLUMNS (a BIT(3) PATH '$')) t",
            "TABLE t EXCEPT (TABLE u)",
            "SELECT * FROM t, LATERAL (VALUES ROW(1)) x (y)",
            "SELECT * FROM t TABLESAMPLE BERNOULLI (50)"
        }) {
            assertThat(atOnce(sql).statementClass()).as(sql).isEqualTo(StatementClass.R);
        }
    }

    @Test
    void stays_strict_about_calls_wherever_they_stand() {
        for (String sql : new String[] {
            "SELECT f(1)",
            "SELECT s.f(1)",
            "SELECT `count`(1)",
            "SELECT grün(1)",
            "SELECT JSON_VALUE(j, f(1)) FROM t",
            "SELECT JSON_VALUE(f(1), '$' RETURNING CHAR(3))",
            "SELECT * FROM JSON_TABLE(f(1), '$' COLUMNS (a BIT(3) PATH '$')) t",
            "SELECT MATCH(a) AGAINST (f(1) IN BOOLEAN MODE) FROM t",
            "SELECT CAST(f(1) AS CHAR(3)), CONVERT(1, CHAR(3))",
            "SELECT GROUP_CONCAT(a ORDER BY f(1)) FROM t",
            "SELECT SUM(a) OVER (ORDER BY f(1)) FROM t",
            "SELECT * FROM (SELECT 1) d (f) ORDER BY f(1)",
            "WITH f (a) AS (SELECT 1) SELECT f(1) FROM f",
            "SELECT a FROM t LIMIT 1 FOR UPDATE",
            "SELECT /*!80000 f(1), */ a FROM JSON_TABLE('{}', '$' COLUMNS (a BIT(3) PATH '$')) t"
        }) {
            assertThat(atOnce(sql).statementClass()).as(sql).isEqualTo(StatementClass.W);
        }
    }

    @Test
    void never_lets_a_class_become_less_strict_than_its_words_but_for_calls() throws Exception {
        StatementClassifier words = new StatementClassifier(64);
        for (ClassifierCorpusTest.Row row : ClassifierCorpusTest.rows()) {
            Statement byWords = classify(words, row.sql());
            Statement byStructure = atOnce(row.sql());
            if (!byWords.has(Trait.CALLS_UNKNOWN_FUNCTION)) {
                assertThat(byStructure.statementClass()).as(row.sql()).isEqualTo(byWords.statementClass());
                assertThat(byStructure.traits()).as(row.sql()).isEqualTo(byWords.traits());
            }
        }
    }
}
