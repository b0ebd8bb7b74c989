// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.sound;

import io.sluice.it.sound.Verdicts.Verdict;
import io.sluice.it.sound.Witness.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What was found: reads that were none, and statements that a replica could have served but does not get. */
final class Tally {
    /** Not allowed on a read-only server, in whichever words. */
    private static final Set<Integer> FORBIDDEN = Set.of(1290, 1792, 1836, 3100);

    private final List<String> violations = new ArrayList<>();
    private final Map<String, Integer> withheld = new TreeMap<>();
    private final List<String> withheldTexts = new ArrayList<>();
    private int reads;
    private int ran;
    private int servable;
    private int lost;

    void read(String script, Script.Line line, Verdict verdict, Outcome outcome) {
        reads++;
        if (FORBIDDEN.contains(outcome.error()) || !outcome.traces().isEmpty()) {
            violations.add(
                    script + "\t" + outcome.error() + "\t" + outcome.traces() + "\t" + verdict + "\t" + line.sql());
        } else if (outcome.error() == 0) {
            ran++;
            servable += line.count();
        }
    }

    /** A query that goes to the source, and perhaps need not. */
    void other(String script, Script.Line line, Verdict verdict, Outcome outcome) {
        if (outcome.error() == 0 && outcome.traces().isEmpty()) {
            servable += line.count();
            lost += line.count();
            withheld.merge(verdict.statementClass() + " " + verdict.reason(), line.count(), Integer::sum);
            withheldTexts.add(script + "\t" + verdict.statementClass() + "\t" + verdict.reason() + "\t" + line.sql());
        }
    }

    void add(Tally other) {
        violations.addAll(other.violations);
        withheldTexts.addAll(other.withheldTexts);
        other.withheld.forEach((reason, count) -> withheld.merge(reason, count, Integer::sum));
        reads += other.reads;
        ran += other.ran;
        servable += other.servable;
        lost += other.lost;
    }

    List<String> violations() {
        return violations;
    }

    List<String> withheldTexts() {
        return withheldTexts;
    }

    int ran() {
        return ran;
    }

    /** Of what a replica could have served, the share that the source gets. */
    double lostShare() {
        return servable == 0 ? 0 : (double) lost / servable;
    }

    @Override
    public String toString() {
        return "%d reads, %d of them ran to their end, %d violations; of %d servable %d (%.2f%%) go to the source %s"
                .formatted(reads, ran, violations.size(), servable, lost, 100 * lostShare(), withheld);
    }
}
