// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.gtid.GtidSet;
import java.util.HashMap;
import java.util.Map;

/**
 * How far the transactions of one write slot have come: the highest number of a tag on MySQL, on MariaDB that of a
 * server id in each domain, as numbers of different domains cannot be compared. Immutable.
 */
public final class SlotNumbers {
    /** No transaction of the slot is known. */
    public static final SlotNumbers NONE = new SlotNumbers(Map.of());

    private static final long ONLY_DOMAIN = 0;
    private static final int PARTS = 3;

    private final Map<Long, Long> highest;

    private SlotNumbers(Map<Long, Long> highest) {
        this.highest = highest;
    }

    /** Those of a tag among what a MySQL server has executed. */
    public static SlotNumbers ofTag(GtidSet executed, String serverUuid, String tag) {
        long number = executed.highest(serverUuid, tag);
        return number == 0 ? NONE : new SlotNumbers(Map.of(ONLY_DOMAIN, number));
    }

    /**
     * Those of a server id among {@code 0-1-100,0-2-99,1-2-5}: MariaDB's gtid_binlog_state, or any position.
     *
     * @throws IllegalArgumentException if that is no such text
     */
    public static SlotNumbers ofServerId(String gtids, String serverId) {
        Map<Long, Long> highest = new HashMap<>();
        for (String gtid : gtids.split(",", -1)) {
            if (gtid.isBlank()) {
                continue;
            }
            String[] parts = gtid.strip().split("-", -1);
            if (parts.length != PARTS) {
                throw new IllegalArgumentException("not a GTID of MariaDB: " + gtid);
            }
            if (parts[1].equals(serverId)) {
                highest.merge(Long.valueOf(parts[0]), Long.parseUnsignedLong(parts[2]), Math::max);
            }
        }
        return highest.isEmpty() ? NONE : new SlotNumbers(highest);
    }

    /** The higher ones of both. */
    public SlotNumbers and(SlotNumbers other) {
        Map<Long, Long> both = new HashMap<>(highest);
        other.highest.forEach((domain, number) -> both.merge(domain, number, Math::max));
        return new SlotNumbers(both);
    }

    public boolean isEmpty() {
        return highest.isEmpty();
    }

    /** Whether there is a transaction that the other ones do not include. */
    public boolean exceed(SlotNumbers known) {
        return highest.entrySet().stream().anyMatch(one -> one.getValue() > known.in(one.getKey()));
    }

    private long in(long domain) {
        return highest.getOrDefault(domain, 0L);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SlotNumbers that && highest.equals(that.highest);
    }

    @Override
    public int hashCode() {
        return highest.hashCode();
    }

    @Override
    public String toString() {
        return highest.toString();
    }
}
