// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tags there are, each for one connection at a time; all event loops take theirs from here. Thread-safe. */
public final class SlotTags {
    /**
     * What the transactions of one connection have in common.
     *
     * @param name the tag of their GTIDs (MySQL)
     * @param serverId the server id in their GTIDs (MariaDB)
     */
    record Tag(String name, long serverId) {}

    /** A tag that no connection has, and until when it is not for those to some servers. */
    private record Spare(Tag tag, Map<String, Long> restsUntil) {
        boolean rests(String server, long nowNanos) {
            restsUntil.values().removeIf(until -> until - nowNanos <= 0);
            return restsUntil.containsKey(server);
        }
    }

    /** Those that were given back long ago come first. */
    private final List<Spare> spares = new ArrayList<>();

    private final Map<Tag, Spare> inUse = new HashMap<>();
    private final long freeAtNanos;

    /**
     * Tags whose names end with their numbers, such as prefix_7.
     *
     * @param firstServerId the server id of number 1
     * @param first the lowest number
     * @param freeAtNanos until then nobody gets one: others may have had them
     */
    public SlotTags(String prefix, long firstServerId, int first, int count, long freeAtNanos) {
        this.freeAtNanos = freeAtNanos;
        for (int number = first; number < first + count; number++) {
            spares.add(new Spare(new Tag(prefix + "_" + number, firstServerId + number - 1), new HashMap<>()));
        }
    }

    /** Whether nobody gets one yet. */
    boolean rest(long nowNanos) {
        return nowNanos - freeAtNanos < 0;
    }

    /**
     * A tag that is nobody's and does not rest.
     *
     * @param server whose GTIDs it will be in: its server_uuid; the same text for all of MariaDB, whose GTIDs do not tell
     */
    synchronized @Nullable Tag take(String server, long nowNanos) {
        if (rest(nowNanos)) {
            return null;
        }
        for (Iterator<Spare> each = spares.iterator(); each.hasNext(); ) {
            Spare spare = each.next();
            if (!spare.rests(server, nowNanos)) {
                each.remove();
                inUse.put(spare.tag, spare);
                return spare.tag;
            }
        }
        return null;
    }

    /**
     * No connection to that server gets the tag before that time, since the server may still be at work for its last one.
     * For other servers it is free at once: what they write has GTIDs of their own.
     */
    synchronized void giveBack(Tag tag, String server, long untilNanos) {
        Spare spare = inUse.remove(tag);
        if (spare == null) {
            throw new IllegalStateException("nobody has the tag " + tag);
        }
        spare.restsUntil.put(server, untilNanos);
        spares.add(spare);
    }
}
