// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.hostgroup.RoleNumbers;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.topology.BackendAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the source and the replicas are counted in, while rules and users go by numbers. */
class RulesTest {
    private final Hostgroups configured = new Hostgroups(
            List.of(
                    Hostgroup.ofSource(10, "w"),
                    Hostgroup.ofReplicas(20, "r", null),
                    Hostgroup.ofMembers(30, "", Set.of(BackendAddress.parse("db1")), null)),
            Map.of("app", 20));

    private final Rules rules = new Rules(List.of(rule(1, 20)), configured, new EachLoop(new LiveState()));

    private static Rule rule(int id, int hostgroup) {
        RuleSpec.Match match = new RuleSpec.Match(null, null, 0, null, null, null, null, "a", null, false, true);
        return Rule.of(
                new RuleSpec(id, true, match, null, new RuleSpec.Action(hostgroup, false, null, null), false, ""));
    }

    @Test
    void roles_get_other_numbers_and_all_others_stay() throws Refused {
        rules.number(new RoleNumbers(1, 2, "shop"));
        Hostgroups now = rules.hostgroups();
        assertThat(now.roles()).isEqualTo(new RoleNumbers(1, 2, "shop"));
        assertThat(now.ofSource()).hasToString("hostgroup 1 (shop)");
        assertThat(List.of(0, 1, 2, 10, 20, 30))
                .extracting(id -> String.valueOf(now.byId(id).kind()))
                .containsExactly("SOURCE", "SOURCE", "REPLICAS", "SOURCE", "REPLICAS", "MEMBERS");
        assertThat(now.ofUser("app").hostgroup()).isSameAs(now.byId(20));
        rules.number(new RoleNumbers(5, 6, ""));
        assertThat(rules.hostgroups().byId(2)).as("gone with what made it").isNull();
        rules.number(null);
        assertThat(rules.hostgroups().roles()).isEqualTo(new RoleNumbers(10, 20, ""));
    }

    @Test
    void a_number_that_somebody_goes_by_does_not_vanish() throws Refused {
        rules.number(new RoleNumbers(5, 6, ""));
        rules.replace(List.of(rule(7, 6).spec()));
        rules.direct(Map.of("web", 5));
        assertThatThrownBy(() -> rules.number(null))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("rule 7 has destination_hostgroup 6; user web has default_hostgroup 5")
                .hasMessageContaining("change and load these first");
        assertThat(rules.hostgroups().roles()).isEqualTo(new RoleNumbers(5, 6, ""));
        rules.number(new RoleNumbers(6, 5, ""));
        assertThat(rules.hostgroups().ofUser("web").hostgroup().kind()).isEqualTo(Hostgroup.Kind.REPLICAS);
    }

    @Test
    void rules_and_numbers_change_together() throws Refused {
        rules.number(new RoleNumbers(5, 6, ""));
        rules.replace(List.of(rule(7, 6).spec()));
        rules.direct(Map.of("web", 5, "app", 20));
        assertThatThrownBy(() -> rules.replace(List.of(rule(7, 6).spec()), null))
                .hasMessageContaining("rule 7: destination_hostgroup 6 is none");
        rules.replace(List.of(rule(8, 9).spec()), new RoleNumbers(8, 9, ""));
        assertThat(rules.rules()).extracting(Rule::id).containsExactly(8);
        assertThat(rules.hostgroups().roles()).isEqualTo(new RoleNumbers(8, 9, ""));
        assertThat(rules.hostgroups().defaults()).containsOnlyKeys("app");
    }

    @Test
    void what_cannot_be_is_refused() {
        assertThatThrownBy(() -> rules.number(new RoleNumbers(30, 2, "")))
                .hasMessageContaining("hostgroup 30 has members in the configuration file; use another number");
        assertThatThrownBy(() -> rules.number(new RoleNumbers(2, 2, ""))).hasMessageContaining("give them two numbers");
        assertThat(rules.hostgroups().roles()).isEqualTo(new RoleNumbers(10, 20, ""));
    }
}
