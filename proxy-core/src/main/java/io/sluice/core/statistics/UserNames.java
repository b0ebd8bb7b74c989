// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import io.sluice.core.view.LatencyView;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Which users are told apart in metrics: those of the configuration, then those who come first, up to a limit; the same
 * ones on all event loops. Any thread, without a lock.
 */
public final class UserNames {
    private final int max;
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final AtomicInteger taken = new AtomicInteger();

    /** @param first who have their place whether or not they come */
    public UserNames(int max, List<String> first) {
        this.max = max;
        first.forEach(this::find);
    }

    /** What a user is called in metrics; the name or {@link LatencyView#OTHER}. */
    String find(String user) {
        if (names.contains(user)) {
            return user;
        }
        int before;
        do {
            before = taken.get();
            if (before >= max || user.equals(LatencyView.OTHER)) {
                return LatencyView.OTHER;
            }
        } while (!taken.compareAndSet(before, before + 1));
        if (!names.add(user)) {
            taken.decrementAndGet(); // another loop was faster
        }
        return user;
    }
}
