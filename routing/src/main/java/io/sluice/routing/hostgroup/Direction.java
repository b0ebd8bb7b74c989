// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.hostgroup;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where a read is wanted, and by whom. It never moves anything else: a write, and all of a transaction or a pin, goes
 * where it must. A forced one, which only a rule can make, moves other single statements as well.
 *
 * @param hostgroup null: any replica, as without a direction
 * @param maxLag how far behind the replica may be, in place of what is configured; null: as configured
 * @param origin who wants it, for people; empty if nobody does
 */
public record Direction(
        By by, @Nullable Hostgroup hostgroup, @Nullable Duration maxLag, String origin, boolean isForced) {
    public static final Direction NONE = new Direction(By.NOBODY, null, null, "");

    public Direction(By by, @Nullable Hostgroup hostgroup, @Nullable Duration maxLag, String origin) {
        this(by, hostgroup, maxLag, origin, false);
    }

    /** Who directs. */
    public enum By {
        NOBODY,
        /** A comment in the statement. */
        HINT,
        RULE,
        /** Whose session it is: the user has a default hostgroup. */
        USER
    }

    /** The same for statements that are not known to be reads. */
    public Direction forced() {
        return new Direction(by, hostgroup, maxLag, origin, true);
    }

    public boolean toSource() {
        return hostgroup != null && hostgroup.kind() == Hostgroup.Kind.SOURCE;
    }

    /** Whether it is one of listed servers that shall serve. */
    public boolean toMembers() {
        return hostgroup != null && hostgroup.kind() == Hostgroup.Kind.MEMBERS;
    }
}
