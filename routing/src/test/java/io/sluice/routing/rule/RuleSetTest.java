// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.routing.Decision;
import io.sluice.routing.Reason;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.Router;
import io.sluice.routing.RoutingSettings;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.rule.RuleSpec.Action;
import io.sluice.routing.rule.RuleSpec.Match;
import io.sluice.routing.rule.Treatment.Multiplex;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RuleSetTest {
    private static final RuleSubject APP = new RuleSubject("app", "10.1.2.3", "10.0.0.1", 6033);

    private final StatementClassifier classifier = new StatementClassifier(64);

    @Test
    void tries_rules_in_the_order_of_their_numbers_and_the_later_has_the_say() {
        Rule second = rule(20, digest("FROM t"), new Action(1, false, null, null), null, false);
        Rule first = rule(10, digest("SELECT"), new Action(0, false, null, null), null, false);
        Verdict verdict = judge("SELECT a FROM t", second, first);
        assertThat(verdict.matched()).containsExactly(first, second);
        assertThat(verdict.direction().hostgroup()).hasToString("hostgroup 1 (replicas)");
        assertThat(judge("SELECT a FROM u", second, first).direction().toSource())
                .isTrue();
        assertThat(judge("UPDATE u SET a = 1", second, first)).isSameAs(Verdict.NONE);
    }

    @Test
    void apply_ends_the_search() {
        Rule first = rule(10, digest("SELECT"), new Action(0, false, null, null), null, true);
        Rule second = rule(20, digest("SELECT"), new Action(1, false, null, null), null, false);
        assertThat(judge("SELECT 1", first, second).matched()).containsExactly(first);
    }

    @Test
    void later_rules_leave_what_they_do_not_mention() {
        Rule refuses = rule(10, digest("SELECT"), new Action(null, false, "no", null), null, false);
        Rule directs = rule(20, digest("SELECT"), new Action(0, false, null, null), null, false);
        Verdict verdict = judge("SELECT 1", refuses, directs);
        assertThat(verdict.error()).isEqualTo("no");
        assertThat(verdict.direction().toSource()).isTrue();
    }

    @Test
    void a_chain_goes_on_with_the_rules_that_wait_for_its_flag() {
        Rule unflagged = rule(5, flag(7, null), new Action(0, false, null, null), null, true);
        Rule entry = rule(10, digest("^SELECT"), Action.NONE, 7, false);
        Rule skipped = rule(20, flag(0, null), new Action(0, false, null, null), null, true);
        Rule inChain = rule(30, flag(7, "secret"), new Action(null, false, "secret", null), null, true);
        Rule end = rule(40, flag(7, null), new Action(1, false, null, null), null, true);
        Rule[] all = {unflagged, entry, skipped, inChain, end};
        assertThat(judge("SELECT a FROM t", all).matched()).containsExactly(entry, end);
        assertThat(judge("SELECT a FROM secret", all).matched()).containsExactly(entry, inChain);
        assertThat(judge("DELETE FROM t", all).matched()).containsExactly(skipped);
    }

    @Test
    void matches_users_schemas_addresses_ports_and_digests() {
        Statement read = classify("SELECT a FROM t WHERE b = 5");
        String digest = Long.toHexString(read.digest());
        assertThat(matches(new Match("app", null, 0, null, null, null, null, null, null, false, true)))
                .isTrue();
        assertThat(matches(new Match("other", null, 0, null, null, null, null, null, null, false, true)))
                .isFalse();
        assertThat(matches(new Match(null, "shop", 0, null, null, null, null, null, null, false, true)))
                .isTrue();
        assertThat(matches(new Match(null, "test", 0, null, null, null, null, null, null, false, true)))
                .isFalse();
        assertThat(matches(new Match(null, null, 0, "10.1.2.3", null, null, null, null, null, false, true)))
                .isTrue();
        assertThat(matches(new Match(null, null, 0, "10.1.%", null, null, null, null, null, false, true)))
                .isTrue();
        assertThat(matches(new Match(null, null, 0, "10.2.%", null, null, null, null, null, false, true)))
                .isFalse();
        assertThat(matches(new Match(null, null, 0, null, "10.0.0.1", 6033, null, null, null, false, true)))
                .isTrue();
        assertThat(matches(new Match(null, null, 0, null, null, 3306, null, null, null, false, true)))
                .isFalse();
        assertThat(matches(new Match(null, null, 0, null, null, null, "0x" + digest, null, null, false, true)))
                .isTrue();
        assertThat(matches(new Match(null, null, 0, null, null, null, "77", null, null, false, true)))
                .isFalse();
    }

    @Test
    void patterns_may_ask_for_case_for_literals_and_for_absence() {
        assertThat(matches(digest("from T where"))).isTrue();
        assertThat(matches(new Match(null, null, 0, null, null, null, null, "from T where", null, false, false)))
                .isFalse();
        assertThat(matches(text("b = 5$", false))).isTrue();
        assertThat(matches(text("b = 6$", false))).isFalse();
        assertThat(matches(text("b = 6$", true))).isTrue();
        assertThat(matches(digest("b = 5"))).as("a digest has no literals").isFalse();
    }

    @Test
    void remembers_verdicts_only_where_no_rule_looks_at_the_text() {
        Rule rule = rule(
                1,
                new Match(null, "shop", 0, null, null, null, null, "SELECT", null, false, true),
                Action.NONE,
                null,
                false);
        RuleMatcher.OfSession rules = matcher(rule).of(APP);
        Statement read = classify("SELECT 1");
        Verdict verdict = rules.judge("shop", read, null);
        assertThat(rules.judge("shop", read, null)).isSameAs(verdict);
        assertThat(rules.judge("test", read, null)).isSameAs(Verdict.NONE);
        assertThat(rules.judge(null, read, null)).isSameAs(Verdict.NONE);
        assertThat(verdict.matched()).containsExactly(rule);

        RuleMatcher.OfSession ofText =
                matcher(rule(1, text("5", false), Action.NONE, null, false)).of(APP);
        assertThat(ofText.looksAtText()).isTrue();
        assertThat(ofText.judge(null, read, "SELECT 5".getBytes(UTF_8)).matched())
                .hasSize(1);
        assertThat(ofText.judge(null, read, "SELECT 6".getBytes(UTF_8)).matched())
                .isEmpty();
        assertThat(ofText.judge(null, read, null).matched()).as("text unknown").isEmpty();
    }

    @Test
    void sessions_to_which_no_rule_applies_ask_nothing() {
        Rule others = rule(
                1,
                new Match("other", null, 0, null, null, null, null, null, null, false, true),
                Action.NONE,
                null,
                true);
        RuleMatcher matcher = matcher(others);
        assertThat(matcher.of(APP).isEmpty()).isTrue();
        assertThat(matcher.of(new RuleSubject("other", "", "", 0)).isEmpty()).isFalse();
        Rule inactive = Rule.of(new RuleSpec(2, false, Match.ALL, null, Action.NONE, true, ""));
        assertThat(matcher(inactive).of(APP).isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "a+|X|aab a|false|Xb a",
                "a+|X|aab a|true|Xb X",
                "(\\w+)=(\\w+)|\\2=\\1|k=v l=w|true|v=k w=l",
                "b|[\\0\\0]|abc|false|a[bb]c",
                "(x)?y|<\\1>|xy y|true|<x> <>",
                "b|\\\\$1|abc|false|a\\$1c",
                "$|!|ab|true|ab!",
                "ü|ue|süß|false|sueß"
            },
            delimiter = '|')
    void replaces_matches_as_re2_does(String pattern, String replace, String text, boolean all, String expected) {
        Verdict verdict = judge(text, replacing(10, pattern, replace, all));
        assertThat(new String(verdict.text(), UTF_8)).isEqualTo(expected);
    }

    @Test
    void later_rules_see_the_changed_text_and_a_text_may_be_in_any_charset() {
        Rule first = replacing(10, "FROM old", "FROM new", false);
        Rule second = replacing(20, "FROM new", "FROM newer", false);
        Rule third = rule(30, text("FROM old", false), new Action(0, false, null, null), null, true);
        Verdict verdict = judge("SELECT a FROM old", first, second, third);
        assertThat(verdict.matched()).containsExactly(first, second);
        assertThat(verdict.text()).asString(UTF_8).isEqualTo("SELECT a FROM newer");
        assertThat(judge("SELECT a FROM t", first, second, third)).isSameAs(Verdict.NONE);
        byte[] latin = {'F', 'R', 'O', 'M', ' ', 'o', 'l', 'd', '\'', (byte) 0xfc, '\''};
        byte[] changed =
                matcher(first).of(APP).judge(null, classify("SELECT 1"), latin).text();
        assertThat(changed).startsWith("FROM new".getBytes(UTF_8)).endsWith('\'', 0xfc, '\'');
    }

    @Test
    void no_rule_makes_a_text_too_long() {
        String text = "SELECT '" + "a".repeat(200_000) + "'";
        assertThat(judge(text, replacing(10, "a", "0123456789", true)).error()).contains("rule 10 would");
        assertThat(judge(text, replacing(10, "a", "0123456789", false)).error()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\2", "\\x", "\\"})
    void refuses_replacements_that_name_no_group(String replace) {
        assertThatThrownBy(() -> replacing(1, "(a)", replace, false))
                .isInstanceOf(InvalidRule.class)
                .hasMessageContaining("replace_pattern has \\");
    }

    @Test
    void refuses_replacements_of_nothing() {
        Action replaces = new Action(null, false, null, null, "x", false, Treatment.NONE);
        assertThatThrownBy(() -> rule(1, digest("a"), replaces, null, false))
                .hasMessageContaining("without match_pattern");
        assertThatThrownBy(() -> rule(1, text("a", true), replaces, null, false))
                .hasMessageContaining("beside negate_match_pattern");
        Action all = new Action(null, false, null, null, null, true, Treatment.NONE);
        assertThatThrownBy(() -> rule(1, text("a", false), all, null, false)).hasMessageContaining("re_modifiers");
    }

    @Test
    void later_rules_have_the_say_on_the_treatment_too() {
        Verdict verdict = judge(
                "SELECT 1",
                treating(10, new Treatment(5, 6, 7, Multiplex.OFF, true)),
                treating(20, new Treatment(1, null, 0, Multiplex.ON, null)));
        assertThat(verdict.treatment()).isEqualTo(new Treatment(1, 6, 0, Multiplex.ON, true));
        assertThat(verdict.treatment().retriesOr(2)).isZero();
        assertThat(Treatment.NONE.retriesOr(2)).isEqualTo(2);
    }

    private static Rule treating(int id, Treatment treatment) {
        return rule(id, digest("SELECT"), new Action(null, false, null, null, null, false, treatment), null, false);
    }

    private static Rule replacing(int id, String pattern, String replace, boolean all) {
        return rule(
                id,
                text(pattern, false),
                new Action(null, false, null, null, replace, all, Treatment.NONE),
                null,
                false);
    }

    @Test
    void counts_hits() {
        Rule rule = rule(1, digest("SELECT"), Action.NONE, null, true);
        Verdict verdict = judge("SELECT 1", rule);
        assertThat(rule.hits()).isZero();
        verdict.hit();
        verdict.hit();
        assertThat(rule.hits()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$", "(x+x+)+y", "(.*)*b"})
    void a_hostile_pattern_takes_linear_time(String pattern) {
        byte[] text = ("SELECT '" + "a".repeat(200_000) + "!'").getBytes(UTF_8);
        Rule rule = rule(1, text(pattern, false), Action.NONE, null, true);
        assertThat(rule.matches(0, null, classify("SELECT ''"), text)).isFalse();
    }

    @Test
    void moves_no_write_unless_it_is_called_unsafe() {
        Rule safe = rule(1, Match.ALL, new Action(1, false, null, null), null, true);
        Rule unsafe = rule(1, Match.ALL, new Action(1, true, null, null), null, true);
        for (String sql : List.of("UPDATE t SET a = 1", "SELECT f()", "SELECT @@hostname", "CREATE TABLE t (a INT)")) {
            assertThat(route(sql, safe).backend().host()).isEqualTo("source");
        }
        assertThat(route("SELECT f()", unsafe).backend().host()).isEqualTo("replica");
        assertThat(route("SELECT @@hostname", unsafe).backend().host()).isEqualTo("replica");
        for (String sql : List.of("CREATE TABLE t (a INT)", "BEGIN", "SET @a = 1", "SELECT GET_LOCK('a', 1)")) {
            assertThat(route(sql, unsafe).backend().host()).as(sql).isEqualTo("source");
        }
        Rule toSource = rule(1, Match.ALL, new Action(0, false, null, null), null, true);
        assertThat(route("SELECT a FROM t", toSource).reason()).isEqualTo(Reason.RULE);
    }

    @Test
    void says_what_is_wrong_with_a_rule() {
        assertInvalid(text("(?<=a)b", false), Action.NONE, "match_pattern");
        assertInvalid(digest("("), Action.NONE, "match_digest");
        assertInvalid(
                new Match(null, null, 0, null, null, null, "xyz", null, null, false, true), Action.NONE, "digest");
        assertInvalid(Match.ALL, new Action(null, true, null, null), "unsafe");
        assertInvalid(Match.ALL, new Action(null, false, "a", "b"), "OK_msg");
        assertInvalid(
                new Match(null, null, 0, null, null, null, null, null, null, true, true),
                Action.NONE,
                "negate_match_pattern");
    }

    private static void assertInvalid(Match match, Action action, String key) {
        assertThatThrownBy(() -> rule(1, match, action, null, true)).isInstanceOfSatisfying(InvalidRule.class, e -> {
            assertThat(e.key()).isEqualTo(key);
            assertThat(e.wrong()).isNotEmpty();
            assertThat(e.right()).isNotEmpty();
        });
    }

    private Decision.Forward route(String sql, Rule rule) {
        Statement statement = classify(sql);
        Verdict verdict = matcher(rule).of(APP).judge("shop", statement, sql.getBytes(UTF_8));
        Topology topology =
                new Topology(1, List.of(member("source", Role.SOURCE), member("replica", Role.REPLICA)), "");
        return (Decision.Forward) new Router(RoutingSettings.DEFAULT, new SplittableRandom(1))
                .route(RouteRequest.ofNewSession(statement).directed(verdict.direction()), topology);
    }

    private static Member member(String host, Role role) {
        return new Member(BackendAddress.parse(host), 1, role, true, null, "", Duration.ZERO, GtidSet.EMPTY, 0, "");
    }

    private boolean matches(Match match) {
        return !judge("SELECT a FROM t WHERE b = 5", rule(1, match, Action.NONE, null, true))
                .matched()
                .isEmpty();
    }

    private Verdict judge(String sql, Rule... rules) {
        return matcher(rules).of(APP).judge("shop", classify(sql), sql.getBytes(UTF_8));
    }

    private static RuleMatcher matcher(Rule... rules) {
        return new RuleMatcher(new RuleSet(List.of(rules), Hostgroups.DEFAULT));
    }

    private static Rule rule(int id, Match match, Action action, Integer flagOut, boolean apply) {
        return Rule.of(new RuleSpec(id, true, match, flagOut, action, apply, ""));
    }

    private static Match digest(String pattern) {
        return new Match(null, null, 0, null, null, null, null, pattern, null, false, true);
    }

    private static Match flag(int flagIn, String pattern) {
        return new Match(null, null, flagIn, null, null, null, null, pattern, null, false, true);
    }

    private static Match text(String pattern, boolean negate) {
        return new Match(null, null, 0, null, null, null, null, null, pattern, negate, true);
    }

    private Statement classify(String sql) {
        byte[] bytes = sql.getBytes(UTF_8);
        return classifier.classify(bytes, 0, bytes.length, LexContext.DEFAULT);
    }
}
