// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Statements by their normal form: a table of sets with four places each, in which a place that was not used since
 * the hand last came by is taken over. The bytes themselves are compared, so no collision of hashes can make one
 * statement pass for another; and the hash is seeded, so that no client can aim at one set.
 *
 * <p>Of fixed size: a concurrent cache would cost an allocation and a fence per look-up, and the owner is one thread.
 */
final class StatementCache {
    /** Longer normal forms are not kept: the table's memory is bounded by this and its number of places. */
    static final int KEY_LENGTH_MAX = 4096;

    private static final int WAYS = 4;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    /** A statement that is kept; it may become another when its structure is known. */
    static final class Entry {
        private final long hash;
        private final int context;
        private final byte[] normal;
        private boolean used = true;
        Statement statement;
        /** What the structure is asked for by; null once it is known, or if nobody will tell it. */
        @Nullable
        StructureKey pending;

        Entry(long hash, int context, byte[] normal, Statement statement) {
            this.hash = hash;
            this.context = context;
            this.normal = normal;
            this.statement = statement;
        }

        void awaitStructure() {
            pending = new StructureKey(normal);
        }
    }

    private final @Nullable Entry[] entries;
    private final int mask;
    private final long seed;

    /** @param places how many statements are kept; a power of two of at least four */
    StatementCache(int places) {
        if (Integer.bitCount(places) != 1 || places < WAYS) {
            throw new IllegalArgumentException("not a power of two of at least " + WAYS + ": " + places);
        }
        this.entries = new @Nullable Entry[places];
        this.mask = places / WAYS - 1;
        this.seed = new SecureRandom().nextLong();
    }

    /** Hashes eight bytes at a time; zeroes what it reads beyond the end, for which there must be room. */
    long hash(byte[] normal, int length, int context) {
        LONGS.set(normal, length, 0L);
        long hash = seed ^ context * FACTOR;
        for (int i = 0; i < length; i += Long.BYTES) {
            hash = (hash ^ (long) LONGS.get(normal, i)) * FACTOR;
            hash ^= hash >>> 32;
        }
        return (hash ^ length) * FACTOR;
    }

    @Nullable
    Entry get(long hash, int context, byte[] normal, int length) {
        int set = ((int) (hash >>> 32) & mask) * WAYS;
        for (int i = set; i < set + WAYS; i++) {
            Entry entry = entries[i];
            if (entry != null
                    && entry.hash == hash
                    && entry.context == context
                    && Arrays.equals(entry.normal, 0, entry.normal.length, normal, 0, length)) {
                entry.used = true;
                return entry;
            }
        }
        return null;
    }

    Entry put(long hash, int context, byte[] normal, int length, Statement statement) {
        Entry entry = new Entry(hash, context, Arrays.copyOf(normal, length), statement);
        int set = ((int) (hash >>> 32) & mask) * WAYS;
        int victim = set + (int) (hash & (WAYS - 1));
        for (int i = 0; i < WAYS; i++) {
            int place = set + (int) (hash + i & (WAYS - 1));
            Entry there = entries[place];
            if (there == null || !there.used) {
                victim = place;
                break;
            }
            there.used = false;
        }
        entries[victim] = entry;
        return entry;
    }
}
