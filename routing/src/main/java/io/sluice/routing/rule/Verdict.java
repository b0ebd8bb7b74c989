// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import io.sluice.routing.hostgroup.Direction;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the rules want of one statement.
 *
 * @param direction where they want it, {@link Direction#NONE} if they do not say
 * @param error what the client is told in place of an answer; null to go on
 * @param ok the same as a success
 * @param text the statement's, if rules have changed it; it goes wherever it belongs by itself
 * @param treatment how it is run
 * @param matched those that had a say, in their order
 */
public record Verdict(
        Direction direction,
        @Nullable String error,
        @Nullable String ok,
        byte @Nullable [] text,
        Treatment treatment,
        List<Rule> matched) {
    /** No rule has matched. */
    public static final Verdict NONE = new Verdict(Direction.NONE, null, null, null, Treatment.NONE, List.of());

    public Verdict {
        matched = List.copyOf(matched);
    }

    /** Whether a rule says where the statement goes. */
    public boolean isDirected() {
        return direction.hostgroup() != null;
    }

    /** Counts a statement that was treated so. */
    public void hit() {
        for (int i = 0; i < matched.size(); i++) {
            matched.get(i).hit();
        }
    }

    /** The rules that matched, for people. */
    @Override
    public String toString() {
        return matched.stream().map(Rule::toString).collect(Collectors.joining(", "));
    }
}
