// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Answer;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Flavor;
import java.util.List;

/**
 * Transactions that a server has and its source has not.
 *
 * @param gtids as the servers write them
 * @param count of them; on MariaDB, which tells the last ones only, of those
 */
record Errant(String gtids, long count) {

    static final Errant NONE = new Errant("", 0);

    boolean isAny() {
        return count > 0;
    }

    /**
     * What a server's answer shows that the source's does not, which must have been asked for after that. In a group or
     * a cluster, what a member has comes to the others before long.
     */
    static Errant of(Answer member, Answer source) {
        Flavor flavor = source.version().flavor();
        boolean together = (member.group() != null && source.group() != null)
                || (member.galera() != null && source.galera() != null)
                || (member.managed() != null && source.managed() != null);
        boolean comparable = member.version().flavor() == flavor && !together;
        if (!comparable || source.executed().isEmpty()) {
            return NONE;
        }
        return switch (flavor) {
            case MYSQL -> of(member.executed().subtract(source.executed()));
            case MARIADB -> of(member.binlogState().lackingIn(source.binlogState()));
        };
    }

    private static Errant of(GtidSet found) {
        return found.isEmpty() ? NONE : new Errant(found.toString(), found.size());
    }

    private static Errant of(List<String> found) {
        return found.isEmpty() ? NONE : new Errant(String.join(",", found), found.size());
    }
}
