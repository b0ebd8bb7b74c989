// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import io.sluice.core.view.DecisionView;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the latest of one loop's statements went, or of a sample of them. Confined to the loop. The entries are made at the
 * start and written over, so that a statement allocates nothing.
 */
public final class DecisionLog {
    private final Entry[] entries;
    private final int oneIn;
    private int skipped;
    private int next;

    private static final class Entry {
        private long answeredNanos;
        private long session;
        private String user = "";
        private @Nullable Statement statement;
        private @Nullable Destination destination;
        private @Nullable BackendAddress server;
        private @Nullable Reason reason;
        private long waited;
        private long took;

        /** Null if nothing was written to it. */
        @Nullable
        DecisionView view(long now) {
            return statement == null || destination == null || server == null || reason == null
                    ? null
                    : new DecisionView(
                            Duration.ofNanos(now - answeredNanos),
                            session,
                            user,
                            statement.statementClass(),
                            statement.digest(),
                            destination,
                            server,
                            reason,
                            Duration.ofNanos(waited),
                            Duration.ofNanos(took));
        }
    }

    /**
     * @param most that are kept; 0: none
     * @param oneIn of so many statements one is; 1: all
     */
    public DecisionLog(int most, int oneIn) {
        this.oneIn = oneIn;
        entries = new Entry[most];
        for (int i = 0; i < most; i++) {
            entries[i] = new Entry();
        }
    }

    /**
     * A server has answered a statement.
     *
     * @param now the monotonic clock
     * @param waited nanoseconds from the whole command until it was sent
     * @param took nanoseconds from the whole command to the end of its answer
     */
    public void add(
            long session,
            String user,
            Statement statement,
            Destination destination,
            BackendAddress server,
            Reason reason,
            long now,
            long waited,
            long took) {
        if (entries.length == 0 || ++skipped < oneIn) {
            return;
        }
        skipped = 0;
        Entry entry = entries[next];
        next = next + 1 == entries.length ? 0 : next + 1;
        entry.answeredNanos = now;
        entry.session = session;
        entry.user = user;
        entry.statement = statement;
        entry.destination = destination;
        entry.server = server;
        entry.reason = reason;
        entry.waited = waited;
        entry.took = took;
    }

    /** Those kept, in no order. */
    List<DecisionView> views(long now) {
        List<DecisionView> views = new ArrayList<>(entries.length);
        for (Entry entry : entries) {
            DecisionView view = entry.view(now);
            if (view != null) {
                views.add(view);
            }
        }
        return views;
    }
}
