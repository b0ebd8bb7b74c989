// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sluice.routing.sql.parse.SqlFacts;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the parser found, by normal form: parsed once on the given executor, whoever asks first, and kept within a
 * bound on memory. That a text is not understood is kept as well. Shared by all event loops; any thread may ask.
 */
public final class Structures {
    public static final long WEIGHT_MAX_DEFAULT = 16 << 20;

    /** With more texts waiting for the parser, further ones are not taken; they are asked for again when next seen. */
    private static final int WAITING_MAX = 1024;

    /** @param facts null: the parser did not understand it */
    record Parsed(@Nullable SqlFacts facts) {}

    private final Executor executor;
    private final Cache<StructureKey, Parsed> known;
    private final Set<StructureKey> waiting = ConcurrentHashMap.newKeySet();
    private final LongAdder parsed = new LongAdder();
    private final LongAdder notUnderstood = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();

    /**
     * @param executor where parsing takes place: one or two threads of its own, never an event loop
     * @param weightMax about how many bytes are kept
     */
    public Structures(Executor executor, long weightMax) {
        this.executor = executor;
        this.known = Caffeine.newBuilder()
                .maximumWeight(weightMax)
                .weigher(Structures::weight)
                .executor(Runnable::run)
                .build();
    }

    /** How many texts were parsed, with or without success. */
    public long parsed() {
        return parsed.sum();
    }

    /** How many of them the parser did not understand: each cost replica reads at most, and shows in its statement. */
    public long notUnderstood() {
        return notUnderstood.sum();
    }

    /** How often a text was not taken because too many were waiting. */
    public long turnedAway() {
        return turnedAway.sum();
    }

    /** Null as long as the text is not parsed, which asking brings about. */
    @Nullable
    Parsed find(StructureKey key) {
        Parsed result = known.getIfPresent(key);
        if (result == null) {
            request(key);
            result = known.getIfPresent(key); // An executor may run it at once.
        }
        return result;
    }

    private void request(StructureKey key) {
        if (waiting.contains(key)) {
            return;
        }
        if (waiting.size() >= WAITING_MAX) {
            turnedAway.increment();
            return;
        }
        if (waiting.add(key)) {
            try {
                executor.execute(() -> parse(key));
            } catch (RejectedExecutionException e) {
                waiting.remove(key);
                turnedAway.increment();
            }
        }
    }

    private void parse(StructureKey key) {
        try {
            Parsed result = new Parsed(Structure.of(key.tokens()).orElse(null));
            parsed.increment();
            if (result.facts == null) {
                notUnderstood.increment();
            }
            known.put(key, result);
        } finally {
            waiting.remove(key);
        }
    }

    private static int weight(StructureKey key, Parsed result) {
        return 100 + key.length() + (result.facts == null ? 0 : result.facts.weight());
    }
}
