// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.limit;

import io.sluice.core.config.LimitSettings;
import io.sluice.core.config.LimitSettings.Distinct;
import io.sluice.routing.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** A limit in use: which statements it matches, and what they share of it. Thread-safe. */
public final class Limit {
    /** What is counted by user, schema or digest is kept for so many of them; all beyond are counted together. */
    static final int VALUES_MAX = 10_000;

    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LimitSettings settings;
    private final LongSupplier nanos;
    private final long intervalNanos;
    private final long burstNanos;
    private final Allowance together;
    private final Map<Object, Allowance> each = new ConcurrentHashMap<>();
    private final AtomicLong sweptAtNanos;
    private final Counts counts = new Counts();

    /** How often what has become of statements that it matched. */
    static final class Counts {
        final LongAdder atOnce = new LongAdder();
        final LongAdder afterWait = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder gaveUp = new LongAdder();
    }

    public Limit(LimitSettings settings, LongSupplier nanos) {
        this.settings = settings;
        this.nanos = nanos;
        int rate = settings.queriesPerSecond();
        this.intervalNanos = rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / rate;
        this.burstNanos = intervalNanos * settings.burst();
        this.together = new Allowance(this);
        this.sweptAtNanos = new AtomicLong(nanos.getAsLong() - SWEEP_NANOS);
    }

    /** Whether any of this user's statements may match. */
    public boolean mayMatch(String user) {
        return settings.mayMatch(user);
    }

    /** Whether a statement matches, of a user whose statements may. */
    public boolean matches(@Nullable String schema, Statement statement) {
        return settings.matches(schema, statement.digest());
    }

    /** What a statement that matches is counted against; it must be entered or waited for. */
    public Allowance allowance(String user, @Nullable String schema, Statement statement) {
        if (settings.per().isEmpty()) {
            together.join();
            return together;
        }
        Object key = key(user, schema == null ? "" : schema, statement);
        while (true) {
            Allowance known = each.get(key);
            if (known == null) {
                if (each.size() >= VALUES_MAX && !makeRoom()) {
                    together.join();
                    return together;
                }
                known = each.computeIfAbsent(key, unseen -> new Allowance(this));
            }
            if (known.join()) {
                return known;
            }
            each.remove(key, known);
        }
    }

    private Object key(String user, String schema, Statement statement) {
        List<Object> values = new ArrayList<>(3);
        for (Distinct distinct : settings.per()) {
            values.add(
                    switch (distinct) {
                        case USER -> user;
                        case SCHEMA -> schema;
                        case DIGEST -> statement.digest();
                    });
        }
        return values;
    }

    /** Forgets those that nobody uses; not too often, as whoever makes up digests would have us do little else. */
    private boolean makeRoom() {
        long last = sweptAtNanos.get();
        long now = nanos();
        if (now - last < SWEEP_NANOS || !sweptAtNanos.compareAndSet(last, now)) {
            return false;
        }
        each.values().removeIf(Allowance::retire);
        return each.size() < VALUES_MAX;
    }

    public LimitSettings settings() {
        return settings;
    }

    public String name() {
        return settings.name();
    }

    /** How many of the statements that it matches run now. */
    public int running() {
        return sum(Allowance::running);
    }

    /** How many of them wait for their turn. */
    public int waiting() {
        return sum(Allowance::waiting);
    }

    private int sum(ToIntFunction<Allowance> number) {
        int sum = number.applyAsInt(together);
        for (Allowance one : each.values()) {
            sum += number.applyAsInt(one);
        }
        return sum;
    }

    /** Statements that ran without a wait. */
    public long enteredAtOnce() {
        return counts.atOnce.sum();
    }

    public long enteredAfterWait() {
        return counts.afterWait.sum();
    }

    /** Statements that found the queue full. */
    public long refused() {
        return counts.refused.sum();
    }

    /** Statements whose wait was too long, or whose client had enough of it. */
    public long gaveUp() {
        return counts.gaveUp.sum();
    }

    Counts counts() {
        return counts;
    }

    long intervalNanos() {
        return intervalNanos;
    }

    /** How long a full burst lasts at the allowed rate. */
    long burstNanos() {
        return burstNanos;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    @Override
    public String toString() {
        return settings.toString();
    }
}
