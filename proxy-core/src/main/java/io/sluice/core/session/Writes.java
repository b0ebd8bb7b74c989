// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.catalogue.Tables;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.sql.TableUse;
import io.sluice.routing.sql.parse.TableName;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Topology;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The writes that reads must see: those of one session or, by {@link CausalReads}, of more. A write is in it before
 * its client has the answer, hence before anybody can ask for what depends on it. Any thread.
 *
 * <p>Where tables are told apart, a read of a table must see the last write to it and all writes before that one. So
 * each mark includes those before it, and the latest of several is the one that counts.
 */
final class Writes {
    /** Of so many tables at most it is known when they were written last; what is forgotten counts for all tables. */
    static final int MAX_TABLES = 32;

    private static final State NOTHING = new State(WriteMark.NOTHING, WriteMark.NOTHING, List.of());

    /** @param mark all writes up to the last one to that table */
    private record Written(TableName table, WriteMark mark) {}

    /**
     * @param all every write
     * @param any those that every read must see, whatever its tables
     * @param tables those written since, the last one first
     */
    private record State(WriteMark all, WriteMark any, List<Written> tables) {
        State to(@Nullable Collection<TableName> written, WriteMark mark) {
            if (written == null || written.isEmpty() || written.size() > MAX_TABLES) {
                return new State(mark, mark, List.of());
            }
            List<Written> next = new ArrayList<>(Math.min(MAX_TABLES, tables.size() + written.size()));
            written.forEach(table -> next.add(new Written(table, mark)));
            WriteMark floor = any;
            for (Written former : tables) {
                if (!written.contains(former.table)) {
                    if (next.size() == MAX_TABLES) {
                        floor = former.mark;
                        break;
                    }
                    next.add(former);
                }
            }
            return new State(mark, floor, next);
        }

        boolean isSettled() {
            return all.isSettled() && any.isSettled();
        }

        State settled(Topology topology) {
            WriteMark settled = all.settled(topology);
            if (settled.equals(WriteMark.NOTHING)) {
                return NOTHING;
            }
            List<Written> next = tables.stream()
                    .map(written -> new Written(written.table, written.mark.settled(topology)))
                    .toList();
            return new State(settled, next.isEmpty() ? settled : any.settled(topology), next);
        }
    }

    private final boolean kept;
    private final AtomicReference<State> state = new AtomicReference<>(NOTHING);

    /** @param kept false: whatever is added is forgotten */
    Writes(boolean kept) {
        this.kept = kept;
    }

    /** Writes of which nobody can tell where they were. */
    void add(GtidSet gtids) {
        add(gtids, null);
    }

    /** @param tables where the writes were; null or none: anywhere */
    void add(GtidSet gtids, @Nullable Collection<TableName> tables) {
        change(now -> now.to(tables, now.all.and(gtids)));
    }

    /** A write was answered whose GTID is unknown: reads then need all that the source had after this moment. */
    void addAt(long nanos) {
        addAt(nanos, null, null);
    }

    /** @param node the node of a cluster that took the write; null: not known, or in no cluster */
    void addAt(long nanos, @Nullable BackendAddress node, @Nullable Collection<TableName> tables) {
        change(now -> now.to(tables, now.all.at(nanos, node)));
    }

    void add(Writes others) {
        WriteMark theirs = others.now().all;
        change(now -> now.to(null, now.all.and(theirs)));
    }

    private void change(UnaryOperator<State> how) {
        if (kept) {
            state.updateAndGet(how);
        }
    }

    private State now() {
        return Objects.requireNonNull(state.get());
    }

    /** All of them. */
    WriteMark all() {
        return now().all;
    }

    /** Those that a read must see which uses tables in that way. Allocates nothing. */
    WriteMark before(TableUse read, @Nullable String schema, Tables tables) {
        State now = now();
        for (int i = 0; i < now.tables.size(); i++) {
            Written written = now.tables.get(i);
            if (tables.mayRead(read, schema, written.table)) {
                return written.mark;
            }
        }
        return now.any;
    }

    /** Takes account of what a topology has shown meanwhile. */
    void settle(Topology topology) {
        State now = now();
        if (!now.isSettled()) {
            state.compareAndSet(now, now.settled(topology)); // else somebody wrote meanwhile, and the next read settles
        }
    }
}
