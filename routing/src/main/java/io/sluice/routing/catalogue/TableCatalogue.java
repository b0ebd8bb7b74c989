// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.catalogue;

import io.sluice.routing.catalogue.Tables.Behind;
import io.sluice.routing.sql.parse.TableName;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What is known of tables, views, triggers and foreign keys. Somebody else reads the servers and {@linkplain #learn
 * tells}. Shared by all event loops; any thread.
 */
public final class TableCatalogue {
    /** Reading it is of no use: nobody asks. */
    public static final TableCatalogue OFF = new TableCatalogue(false);

    /** @param sinceNanos when it was first seen as it is */
    private record Aged(Behind behind, long sinceNanos) {}

    private final boolean on;
    private final AtomicReference<Tables> known = new AtomicReference<>(Tables.UNKNOWN);
    private final AtomicReference<Runnable> reader = new AtomicReference<>(() -> {});

    // Guarded by this.
    private Map<TableName, Aged> aged = Map.of();
    private long changes;

    private TableCatalogue(boolean on) {
        this.on = on;
    }

    /** Nothing is known yet. */
    public TableCatalogue() {
        this(true);
    }

    public boolean isOn() {
        return on;
    }

    /** Whom to tell, on any thread, when what is known has become void. */
    public void onChange(Runnable readSoon) {
        reader.set(readSoon);
    }

    /** The same object for as long as nothing changes. */
    public Tables now() {
        return Objects.requireNonNull(known.get());
    }

    /** Something was created, changed or dropped, or is about to be: until the servers were read again, nothing is known. */
    public void changed() {
        if (!on) {
            return;
        }
        synchronized (this) {
            changes++;
            known.set(Tables.UNKNOWN);
        }
        Objects.requireNonNull(reader.get()).run();
    }

    /** To be asked for before the servers are. */
    public synchronized long changes() {
        return changes;
    }

    /**
     * Takes over what was read of the source. A table counts as known once it has been the same for so long that no
     * replica that serves reads can have another one of that name.
     *
     * @param asOf the {@link #changes} before it was read: if there were more since, it is of no use
     * @param nowNanos the reader's time
     * @return null if all of it counts; else after which time more of it will
     */
    public synchronized @Nullable Duration learn(long asOf, Tables read, long nowNanos, Duration settles) {
        Map<TableName, Aged> before = aged;
        Map<TableName, Aged> after = new HashMap<>();
        long[] youngest = {Long.MAX_VALUE};
        Tables settled = read.where((name, behind) -> {
            Aged former = before.get(name);
            Aged now = former != null && former.behind.equals(behind) ? former : new Aged(behind, nowNanos);
            after.put(name, now);
            long age = nowNanos - now.sinceNanos;
            youngest[0] = Math.min(youngest[0], age);
            return age >= settles.toNanos();
        });
        aged = after;
        if (asOf == changes && !settled.equals(now())) {
            known.set(settled);
        }
        return youngest[0] >= settles.toNanos() ? null : settles.minusNanos(youngest[0]);
    }

    /** Another server is read from now on, or none can be. */
    public synchronized void forget() {
        aged = Map.of();
        known.set(Tables.UNKNOWN);
    }
}
