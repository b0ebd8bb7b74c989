// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.it.Lab;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every script's answers are the same direct and through Sluice, but for those listed in {@link ExpectedDifferences};
 * one that is listed and does not differ any more fails, too. What differed is written to
 * {@code target/it/FLAVOR/behaviour-N/differences.txt}. One alone: -Dbehaviour="part of its name".
 */
class BehaviourIT {
    private static final String ONLY = System.getProperty("behaviour", "");

    @TestFactory
    Stream<DynamicTest> behaviours() {
        ExpectedDifferences expected = ExpectedDifferences.read();
        DifferenceReport differences =
                new DifferenceReport(Lab.newHome("behaviour").resolve("differences.txt"));
        Stage stage = new Stage(Lab.topology());
        int direct = Lab.direct().port();
        int through = Lab.throughSluice().port();
        return Behaviour.all().stream()
                .filter(behaviour -> behaviour.isFor(Lab.flavor()))
                .filter(behaviour -> behaviour.name().contains(ONLY))
                .map(behaviour -> DynamicTest.dynamicTest(behaviour.name(), () -> {
                    stage.set();
                    String wanted = Performance.of(behaviour, direct);
                    stage.set();
                    String got = Performance.of(behaviour, through);
                    differences.note(behaviour.name(), wanted, got);
                    if (expected.demand(behaviour.name(), Lab.flavor())) {
                        assertThat(got)
                                .as("it does not differ any more: take it from expected-differences.txt")
                                .isNotEqualTo(wanted);
                    } else if (!expected.allow(behaviour.name(), Lab.flavor())) {
                        assertThat(got).isEqualTo(wanted);
                    }
                }));
    }

    @Test
    void names_are_unique() {
        assertThat(Behaviour.all()).extracting(Behaviour::name).doesNotHaveDuplicates();
    }

    @Test
    void expected_differences_name_behaviours_and_rows_of_the_compatibility_table() {
        List<String> names = Behaviour.all().stream().map(Behaviour::name).toList();
        ExpectedDifferences expected = ExpectedDifferences.read();
        assertThat(names).containsAll(expected.behaviours());
        assertThat(ExpectedDifferences.areasOfReadme()).containsAll(expected.areas());
    }
}
