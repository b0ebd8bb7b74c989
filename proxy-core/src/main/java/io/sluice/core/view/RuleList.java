// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.hostgroup.RoleNumbers;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which rules there are, and the hostgroups that they direct to. Any thread but an event loop. */
public interface RuleList {

    /** In their order, with those that are not active. */
    List<Rule> rules();

    /**
     * From now on these are the rules: of every statement that begins after this has returned. Statements prepared
     * before keep what the rules wanted of them then. Hits are counted anew.
     *
     * @throws Refused if they cannot be; nothing is changed then, and the message names all that is wrong
     */
    void replace(List<RuleSpec> specs) throws Refused;

    /** Those of the configuration, which never go, and what {@link #number} has made of them. */
    Hostgroups hostgroups();

    /**
     * From now on, the source and the replicas are counted in hostgroups of these numbers.
     *
     * @param numbers null: as the configuration had them at the start
     * @throws Refused if they cannot be, or a rule or user goes by a number that would not be there any more; nothing is
     *     changed then, and the message names all that is wrong
     */
    void number(@Nullable RoleNumbers numbers) throws Refused;

    /**
     * The same as both, at once. Reads of users whose default hostgroup is gone by that go where those of others do.
     *
     * @throws Refused if they cannot be; nothing is changed then, and the message names all that is wrong
     */
    void replace(List<RuleSpec> specs, @Nullable RoleNumbers numbers) throws Refused;

    /** Is told the rules of now, and those that take their place. */
    void watch(Consumer<List<Rule>> watcher);
}
