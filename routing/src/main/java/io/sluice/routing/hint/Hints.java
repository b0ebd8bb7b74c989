// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.hint;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the hint comments of one text say: {@code /* sluice:source *}{@code /} and the like. They belong to a text and
 * not to its digest, for they are comments.
 *
 * @param hostgroup the number of the one to read from, or {@link #NO_HOSTGROUP}
 * @param maxLag how far behind the replica may be, in place of what is configured; null: as configured
 * @param after a token of sluice_token() for the writes that must be seen from now on; null for none
 * @param ignored the words that claim to be hints for Sluice and are none
 */
public record Hints(
        Target target,
        int hostgroup,
        @Nullable Duration maxLag,
        @Nullable String after,
        List<String> ignored) {
    public static final int NO_HOSTGROUP = -1;

    public static final Hints NONE = new Hints(Target.ANY, NO_HOSTGROUP, null, null, List.of());

    /** The kind of server that a read asks for. */
    public enum Target {
        /** Whichever it would be without a hint. */
        ANY,
        SOURCE,
        REPLICA
    }

    public Hints {
        ignored = List.copyOf(ignored);
    }

    /** These, and what they leave open as others have it. */
    @SuppressWarnings("ReferenceEquality") // where there are none it is this very object
    public Hints over(Hints others) {
        if (this == NONE || others == NONE) {
            return this == NONE ? others : this;
        }
        boolean open = target == Target.ANY && hostgroup == NO_HOSTGROUP;
        List<String> allIgnored = new ArrayList<>(ignored);
        allIgnored.addAll(others.ignored);
        return new Hints(
                open ? others.target : target,
                open ? others.hostgroup : hostgroup,
                maxLag == null ? others.maxLag : maxLag,
                after == null ? others.after : after,
                allIgnored);
    }
}
