// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rules in the order of their numbers. They are gone through once: the rules whose {@code flagIN} is the present flag
 * (0 at first) are tried; one that matches adds what it says to the verdict, over what earlier ones said, and may set
 * the flag by its {@code flagOUT}; with {@code apply} it is the last.
 */
public final class RuleSet {
    private static final Comparator<Rule> BY_ID = Comparator.comparingInt(Rule::id);
    private static final Hostgroup SOURCE = Hostgroup.ofSource(0, "source");

    private final List<Rule> rules;
    /** Those that can match in every session: of thousands of rules mostly all. */
    private final RuleIndex ofAll;
    /** Others of any user. */
    private final List<Rule> ofAnyUser;

    private final Map<String, List<Rule>> byUser;
    private final Hostgroups hostgroups;

    /**
     * What the rules want.
     *
     * @param byText whether that was found out by the statement's text, so that it may be another for the next one with
     *     the same digest
     */
    record Judgement(Verdict verdict, boolean byText) {}

    /** @param hostgroups those that rules name are among them */
    public RuleSet(List<Rule> rules, Hostgroups hostgroups) {
        this.rules = rules.stream().sorted(BY_ID).toList();
        this.ofAll =
                new RuleIndex(this.rules.stream().filter(Rule::mayMatchAnywhere).toList());
        this.ofAnyUser = this.rules.stream()
                .filter(rule -> rule.spec().match().user() == null && !rule.mayMatchAnywhere())
                .toList();
        this.byUser = this.rules.stream()
                .filter(rule -> rule.spec().match().user() != null)
                .collect(Collectors.groupingBy(
                        rule -> String.valueOf(rule.spec().match().user())));
        this.hostgroups = hostgroups;
    }

    private RuleSet(RuleSet same, Hostgroups hostgroups) {
        this.rules = same.rules;
        this.ofAll = same.ofAll;
        this.ofAnyUser = same.ofAnyUser;
        this.byUser = same.byUser;
        this.hostgroups = hostgroups;
    }

    /** The same rules with other hostgroups; those that rules name are among them. */
    public RuleSet with(Hostgroups others) {
        return new RuleSet(this, others);
    }

    /** In their order, with those that are not active. */
    public List<Rule> rules() {
        return rules;
    }

    public Hostgroups hostgroups() {
        return hostgroups;
    }

    /** Those that can match in such a session, but not in every one. */
    List<Rule> besides(RuleSubject subject) {
        List<Rule> ofUser = byUser.getOrDefault(subject.user(), List.of());
        return Stream.concat(ofAnyUser.stream(), ofUser.stream())
                .filter(rule -> rule.mayMatch(subject))
                .toList();
    }

    /** Those that can match in a session to which these belong besides. */
    RuleIndex with(List<Rule> besides) {
        return besides.isEmpty()
                ? ofAll
                : new RuleIndex(Stream.concat(ofAll.rules().stream(), besides.stream())
                        .sorted(BY_ID)
                        .toList());
    }

    /**
     * Goes through those of these rules that can match. One that rewrites the text shows later ones what it made of it;
     * their digests are those of the text that the client has sent.
     *
     * @param text null if it is not known
     */
    @SuppressWarnings("ReferenceEquality") // a text that no rule changes stays the same array
    Judgement judge(RuleIndex some, @Nullable String schema, Statement statement, byte @Nullable [] text) {
        int flag = 0;
        boolean byText = false;
        List<Rule> matched = new ArrayList<>();
        Rule directing = null;
        String error = null;
        String ok = null;
        byte[] now = text;
        Treatment treatment = Treatment.NONE;
        for (int at = some.ofFlag(flag).next(0, schema, statement.digest());
                at >= 0;
                at = some.ofFlag(flag).next(at + 1, schema, statement.digest())) {
            Rule rule = some.get(at);
            byText |= rule.looksAtText();
            if (!rule.matches(flag, schema, statement, now)) {
                continue;
            }
            matched.add(rule);
            RuleSpec spec = rule.spec();
            RuleSpec.Action action = spec.action();
            directing = action.hostgroup() == null ? directing : rule;
            error = action.error() == null ? error : action.error();
            ok = action.ok() == null ? ok : action.ok();
            treatment = action.treatment().over(treatment);
            now = now == null ? null : rule.rewrite(now);
            if (now != null && now.length == 0) {
                error = rule + " would leave nothing of the statement, or make it longer than " + Rule.REWRITTEN_MAX
                        + " bytes";
                break;
            }
            flag = spec.flagOut() == null ? flag : spec.flagOut();
            if (spec.apply()) {
                break;
            }
        }
        if (matched.isEmpty()) {
            return new Judgement(Verdict.NONE, byText);
        }
        Direction direction = treatment.pins() ? toSource(matched) : direction(directing);
        return new Judgement(new Verdict(direction, error, ok, now == text ? null : now, treatment, matched), byText);
    }

    /** The session will keep its connection, which must then be one for all statements. */
    private static Direction toSource(List<Rule> matched) {
        return new Direction(
                Direction.By.RULE, SOURCE, null, matched.get(matched.size() - 1) + " keeps the connection");
    }

    private Direction direction(@Nullable Rule rule) {
        Integer id = rule == null ? null : rule.spec().action().hostgroup();
        Hostgroup wanted = id == null ? null : hostgroups.byId(id);
        if (rule == null || wanted == null) {
            return Direction.NONE;
        }
        Direction direction = new Direction(Direction.By.RULE, wanted, wanted.maxLag(), rule + " " + wanted);
        return rule.spec().action().unsafe() ? direction.forced() : direction;
    }
}
