// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.rule.RuleSpec.Action;
import io.sluice.routing.rule.RuleSpec.Match;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules that an index leaves out are those that do not match. */
class RuleIndexTest {
    private static final RuleSubject APP = new RuleSubject("app", "10.1.2.3", "10.0.0.1", 6033);
    private static final List<String> SQL = List.of("SELECT 1", "SELECT a FROM t", "SELECT b FROM u WHERE c = 3");

    private final StatementClassifier classifier = new StatementClassifier();

    private Statement classify(String sql) {
        return classifier.classify(sql.getBytes(UTF_8), 0, sql.length(), LexContext.DEFAULT);
    }

    @Test
    void finds_what_going_through_all_rules_finds() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<Rule> rules = new ArrayList<>();
            for (int id = 1; id <= 12; id++) {
                rules.add(rule(id, random));
            }
            RuleMatcher.OfSession session = new RuleMatcher(new RuleSet(rules, Hostgroups.DEFAULT)).of(APP);
            for (int i = 0; i < 20; i++) {
                String sql = SQL.get(random.nextInt(SQL.size()));
                String schema = List.of("shop", "test", "").get(random.nextInt(3));
                Statement statement = classify(sql);
                assertThat(session.judge(schema, statement, sql.getBytes(UTF_8)).matched())
                        .as("seed %d", seed)
                        .isEqualTo(oneByOne(rules, schema, statement, sql.getBytes(UTF_8)));
            }
        }
    }

    private Rule rule(int id, Random random) {
        Match match = new Match(
                maybe(random, "app", "other"),
                maybe(random, "shop", "test"),
                random.nextInt(3),
                null,
                null,
                null,
                maybe(
                        random,
                        Long.toHexString(classify(SQL.get(random.nextInt(3))).digest()),
                        "77"),
                maybe(random, "from", "SELECT"),
                random.nextInt(4) == 0 ? maybe(random, "3", "a") : null,
                false,
                true);
        Integer flagOut = random.nextBoolean() ? null : random.nextInt(3);
        return Rule.of(new RuleSpec(id, true, match, flagOut, Action.NONE, random.nextInt(4) == 0, ""));
    }

    private static @Nullable String maybe(Random random, String one, String other) {
        return random.nextInt(3) > 0 ? null : random.nextInt(3) > 0 ? one : other;
    }

    private static List<Rule> oneByOne(List<Rule> rules, String schema, Statement statement, byte[] text) {
        List<Rule> matched = new ArrayList<>();
        int flag = 0;
        for (Rule rule : rules) {
            if (rule.mayMatch(APP) && rule.matches(flag, schema, statement, text)) {
                matched.add(rule);
                Integer next = rule.spec().flagOut();
                flag = next == null ? flag : next;
                if (rule.spec().apply()) {
                    break;
                }
            }
        }
        return matched;
    }

    @Test
    void a_statement_that_no_rule_has_to_read_is_remembered_beside_rules_that_read() {
        Match ofText = new Match(null, "test", 0, null, null, null, null, null, "5", false, true);
        Match ofSchema = new Match(null, "shop", 0, null, null, null, null, null, null, false, true);
        List<Rule> rules = List.of(
                Rule.of(new RuleSpec(1, true, ofText, null, Action.NONE, true, "")),
                Rule.of(new RuleSpec(2, true, ofSchema, null, Action.NONE, true, "")));
        RuleMatcher.OfSession session = new RuleMatcher(new RuleSet(rules, Hostgroups.DEFAULT)).of(APP);
        Statement read = classify("SELECT 5");
        byte[] text = "SELECT 5".getBytes(UTF_8);
        assertThat(session.judge("shop", read, text)).isSameAs(session.judge("shop", read, text));
        assertThat(session.judge("test", read, text)).isNotSameAs(session.judge("test", read, text));
    }
}
