// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Configurations.problems;
import static io.sluice.core.config.Configurations.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.rule.RuleSpec.Action;
import io.sluice.routing.rule.RuleSpec.Match;
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
                        new RuleSpec(10, true, Match.ALL, null, new Action(null, false, null, "o"), false, ""));
    }

    @Test
    void rejects_what_cannot_be_and_what_is_not_supported() {
        assertThat(problems("""
                        rules:
                          - {active: true}
                          - {rule_id: 1, match_digest: "("}
                          - {rule_id: 2, destination_hostgroup: 9}
                          - {rule_id: 3, timeout: 100, mirror_hostgroup: 1}
                          - {rule_id: 4, apply: 2}
                          - {rule_id: 5, unsafe: true}
                          - {rule_id: 6}
                          - {rule_id: 6}
                        """))
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem).contains("rules[0].rule_id: is missing"),
                        problem -> assertThat(problem)
                                .contains(
                                        "rules[1].match_digest: rule 1: is no pattern of RE2", "github.com/google/re2"),
                        problem -> assertThat(problem)
                                .contains("rules[2].destination_hostgroup: \"9\" is not the id of a hostgroup"),
                        problem -> assertThat(problem).contains("rules[3].timeout: is not supported; remove it"),
                        problem -> assertThat(problem).contains("rules[3].mirror_hostgroup: is not supported"),
                        problem -> assertThat(problem).contains("rules[4].apply: \"2\" is not true or false"),
                        problem -> assertThat(problem).contains("rules[5].unsafe: rule 5: is true without"),
                        problem -> assertThat(problem).contains("rules[7]: 6 is listed twice"));
    }
}
