// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The tags there are, each for one connection at a time; all event loops take theirs from here. Thread-safe. */
public final class SlotTags {
    private record Resting(String tag, long untilNanos) {}

    private final ArrayDeque<String> free = new ArrayDeque<>();
    private final ArrayDeque<Resting> resting = new ArrayDeque<>();

    /** Tags prefix_1, prefix_2 and so on. */
    public SlotTags(String prefix, int count) {
        for (int i = 1; i <= count; i++) {
            free.add(prefix + "_" + i);
        }
    }

    synchronized @Nullable String take(long nowNanos) {
        Resting first = resting.peek();
        while (first != null && first.untilNanos - nowNanos <= 0) {
            free.add(resting.remove().tag);
            first = resting.peek();
        }
        return free.poll();
    }

    /** Nobody gets the tag before that time, since the server may still be at work for its last connection. */
    synchronized void giveBack(String tag, long untilNanos) {
        resting.add(new Resting(tag, untilNanos));
    }
}
