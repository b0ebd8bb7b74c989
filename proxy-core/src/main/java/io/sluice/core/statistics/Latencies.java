// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import io.sluice.core.view.ExemplarView;
import io.sluice.core.view.LatencyView;
import io.sluice.routing.Destination;
import io.sluice.routing.sql.StatementClass;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * How long the statements of one event loop took. Confined to it, but for {@link #views}. Counting what is known
 * allocates nothing: a user's statements differ in few things, so that they are found in a short array.
 */
final class Latencies {
    private static final Kind[] NONE = {};

    private final UserNames names;
    private final Map<String, Kind[]> byUser = new HashMap<>();
    /** For other threads. */
    private final List<Kind> all = new CopyOnWriteArrayList<>();

    /** Statements that are counted together. */
    private record Kind(
            String user, int hostgroup, StatementClass statementClass, Destination destination, Histogram times) {

        boolean is(int group, StatementClass kind, Destination to) {
            return hostgroup == group && statementClass == kind && destination == to;
        }
    }

    Latencies(UserNames names) {
        this.names = names;
    }

    void add(
            String user,
            int hostgroup,
            StatementClass statementClass,
            Destination destination,
            long nanos,
            @Nullable ExemplarView exemplar) {
        Kind[] known = byUser.get(user);
        String name = user;
        if (known == null) {
            name = names.find(user);
            known = byUser.getOrDefault(name, NONE);
        }
        for (Kind kind : known) {
            if (kind.is(hostgroup, statementClass, destination)) {
                kind.times.add(nanos, exemplar);
                return;
            }
        }
        Kind first = new Kind(name, hostgroup, statementClass, destination, new Histogram());
        Kind[] more = Arrays.copyOf(known, known.length + 1);
        more[known.length] = first;
        byUser.put(name, more);
        all.add(first);
        first.times.add(nanos, exemplar);
    }

    /** Any thread. */
    List<LatencyView> views() {
        return all.stream()
                .map(kind -> new LatencyView(
                        kind.user, kind.hostgroup, kind.statementClass, kind.destination, kind.times.view()))
                .toList();
    }
}
