// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import java.util.ArrayDeque;
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

    private record Resting(Tag tag, long untilNanos) {}

    private final ArrayDeque<Tag> free = new ArrayDeque<>();
    private final ArrayDeque<Resting> resting = new ArrayDeque<>();

    /** Tags prefix_1, prefix_2 and so on; server ids from that one on. */
    public SlotTags(String prefix, long firstServerId, int count) {
        for (int i = 1; i <= count; i++) {
            free.add(new Tag(prefix + "_" + i, firstServerId + i - 1));
        }
    }

    synchronized @Nullable Tag take(long nowNanos) {
        Resting first = resting.peek();
        while (first != null && first.untilNanos - nowNanos <= 0) {
            free.add(resting.remove().tag);
            first = resting.peek();
        }
        return free.poll();
    }

    /** Nobody gets the tag before that time, since the server may still be at work for its last connection. */
    synchronized void giveBack(Tag tag, long untilNanos) {
        resting.add(new Resting(tag, untilNanos));
    }
}
