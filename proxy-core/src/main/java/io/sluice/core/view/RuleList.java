// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import java.util.List;
import java.util.function.Consumer;

/** Which rules there are. Any thread but an event loop. */
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

    /** Is told the rules of now, and those that take their place. */
    void watch(Consumer<List<Rule>> watcher);
}
