// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.gtid;

import java.util.Comparator;

/**
 * Who numbers the transactions: in MySQL a server UUID with an optional tag (8.3 and later), in MariaDB a replication
 * domain, whose numbers grow across all servers that write to it.
 *
 * @param domain MariaDB's domain id, or -1 for MySQL
 * @param uuid in lower case; empty for MariaDB
 * @param tag in lower case; empty when there is none
 */
record Origin(long domain, String uuid, String tag) implements Comparable<Origin> {
    private static final Comparator<Origin> ORDER =
            Comparator.comparingLong(Origin::domain).thenComparing(Origin::uuid).thenComparing(Origin::tag);

    static Origin mariadb(long domain) {
        return new Origin(domain, "", "");
    }

    static Origin mysql(String uuid, String tag) {
        return new Origin(-1, uuid, tag);
    }

    boolean isMariadb() {
        return domain >= 0;
    }

    @Override
    public int compareTo(Origin other) {
        return ORDER.compare(this, other);
    }
}
