// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.Seeds;
import io.sluice.routing.topology.ServerVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * However a statement is spelt, its class is not laxer and no pin is lost. How many spellings:
 * -Dsluice.fuzz.iterations=N; a failure names its seed for -Dseed=N.
 */
final class SpellingFuzzTest {
    private static final int ITERATIONS = Integer.getInteger("sluice.fuzz.iterations", 5_000);
    private static final List<String> VERSIONS =
            List.of("9.7.4", "8.0.15", "5.7.44", "10.11.19-MariaDB", "11.8.2-MariaDB");

    @Test
    void another_spelling_is_never_classed_laxer() throws IOException {
        List<String> samples = samples();
        StatementClassifier words = new StatementClassifier(1024);
        StatementClassifier structured =
                new StatementClassifier(1024, new Structures(Runnable::run, Structures.WEIGHT_MAX_DEFAULT));
        Seeds.forEach(ITERATIONS, random -> {
            String sql = samples.get(random.nextInt(samples.size()));
            String other = Spelling.another(sql, random);
            LexContext context =
                    LexContext.DEFAULT.withVersion(ServerVersion.parse(VERSIONS.get(random.nextInt(VERSIONS.size()))));
            assertStricter(classify(words, sql, context), classify(words, other, context), sql, other);
            Statement plain = classify(structured, sql, context);
            Statement spelt = classify(structured, other, context);
            if (plain.statementClass() == classify(words, sql, context).statementClass()) {
                assertStricter(plain, spelt, sql, other);
            }
            if (spelt.statementClass().compareTo(classify(words, other, context).statementClass()) < 0) {
                assertThat(classify(words, other, context).has(Trait.CALLS_UNKNOWN_FUNCTION))
                        .as("relaxed by its structure: %s", other)
                        .isTrue();
            }
        });
    }

    private static void assertStricter(Statement plain, Statement spelt, String sql, String other) {
        assertThat(spelt.statementClass().isAtLeast(plain.statementClass()))
                .as("%s%nis %s%n%s%nis %s", sql, plain, other, spelt)
                .isTrue();
        assertThat(plain.pin() == null || spelt.pin() != null)
                .as("%s%nis %s%n%s%nis %s", sql, plain, other, spelt)
                .isTrue();
    }

    private static Statement classify(StatementClassifier classifier, String sql, LexContext context) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return classifier.classify(bytes, 0, bytes.length, context);
    }

    private static List<String> samples() throws IOException {
        List<String> samples = new ArrayList<>();
        ClassifierCorpusTest.rows().forEach(row -> samples.add(row.sql()));
        try (InputStream stream = SpellingFuzzTest.class.getResourceAsStream("structure-samples.tsv")) {
            new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .forEach(line -> samples.add(line.split("\t", 2)[0]));
        }
        return samples;
    }
}
