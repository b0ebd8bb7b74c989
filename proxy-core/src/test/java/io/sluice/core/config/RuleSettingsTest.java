// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.rule.RuleSpec.Action;
import io.sluice.routing.rule.RuleSpec.Match;
import io.sluice.routing.rule.Treatment;
import io.sluice.routing.rule.Treatment.Multiplex;
import org.junit.jupiter.api.Test;

final class RuleSettingsTest {
    @Test
    void has_defaults() {
        assertThat(SluiceConfig.defaults().rules()).isEmpty();
        assertThat(read("rules: [{rule_id: 3}]").rules())
                .map(Rule::spec)
                .containsExactly(new RuleSpec(3, true, Match.ALL, null, Action.NONE, false, ""));
    }

    @Test
    void maps_every_key() {
        assertThat(read("""
                        hostgroups: [{id: 7, role: replicas}]
                        rules:
                          - {rule_id: 9, active: 0, username: u, schemaname: s, flagIN: 2, client_addr: 10.%, proxy_addr: "::1",
                             proxy_port: 6033, digest: "0xAB", match_digest: d, match_pattern: p, negate_match_pattern: true,
                             re_modifiers: none, flagOUT: 4, destination_hostgroup: 7, unsafe: true, error_msg: e, apply: 1,
                             comment: c}
                          - {rule_id: 10, OK_msg: o}
                          - {rule_id: 11, match_pattern: p, re_modifiers: "CASELESS,GLOBAL", replace_pattern: r,
                             timeout: 5, delay: 0, retries: 1, multiplex: 0, log: 1}
                        """).rules())
                .map(Rule::spec)
                .containsExactly(
                        new RuleSpec(
                                9,
                                false,
                                new Match("u", "s", 2, "10.%", "::1", 6033, "0xAB", "d", "p", true, false),
                                4,
                                new Action(7, true, "e", null),
                                true,
                                "c"),
                        new RuleSpec(10, true, Match.ALL, null, new Action(null, false, null, "o"), false, ""),
                        new RuleSpec(
                                11,
                                true,
                                new Match(null, null, 0, null, null, null, null, null, "p", false, true),
                                null,
                                new Action(
                                        null,
                                        false,
                                        null,
                                        null,
                                        "r",
                                        true,
                                        new Treatment(5, 0, 1, Multiplex.OFF, true)),
                                false,
                                ""));
    }

    @Test
    void rejects_what_cannot_be_and_what_is_not_supported() {
        assertThat(problems("""
                        rules:
                          - {active: true}
                          - {rule_id: 1, match_digest: "("}
                          - {rule_id: 2, destination_hostgroup: 9}
                          - {rule_id: 3, cache_ttl: 100, mirror_hostgroup: 1}
                          - {rule_id: 4, apply: 2}
                          - {rule_id: 5, unsafe: true}
                          - {rule_id: 6}
                          - {rule_id: 6}
                          - {rule_id: 7, replace_pattern: a}
                          - {rule_id: 8, delay: 60001, multiplex: 3, log: maybe}
                        """))
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem).contains("rules[0].rule_id: is missing"),
                        problem -> assertThat(problem)
                                .contains(
                                        "rules[1].match_digest: rule 1: is no pattern of RE2", "github.com/google/re2"),
                        problem -> assertThat(problem)
                                .contains("rules[2].destination_hostgroup: \"9\" is not the id of a hostgroup"),
                        problem -> assertThat(problem).contains("rules[3].cache_ttl: is not supported; remove it"),
                        problem -> assertThat(problem).contains("rules[3].mirror_hostgroup: is not supported"),
                        problem -> assertThat(problem).contains("rules[4].apply: \"2\" is not true or false"),
                        problem -> assertThat(problem).contains("rules[5].unsafe: rule 5: is true without"),
                        problem -> assertThat(problem).contains("rules[7]: 6 is listed twice"),
                        problem -> assertThat(problem)
                                .contains("rules[8].replace_pattern: rule 7: is given without match_pattern"),
                        problem -> assertThat(problem).contains("rules[9].delay: \"60001\" is not a whole number"),
                        problem -> assertThat(problem).contains("rules[9].multiplex: \"3\" is not"),
                        problem -> assertThat(problem).contains("rules[9].log: \"maybe\" is not true or false"));
    }
}
