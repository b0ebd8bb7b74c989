// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import java.util.Set;

/**
 * What clients may see of a {@link Mishap} at most.
 *
 * @param ofWrites errors that a write may end with
 * @param ofReads errors that a read may end with
 * @param readGapMillis the longest time that a reader may be without an answer
 * @param writeGapMillis the same of a writer
 * @param late whether a write whose outcome is unknown may still arrive at a server that is not to have any
 * @param said what Sluice says of it on the admin port, or ""
 */
record Law(
        Set<Integer> ofWrites,
        Set<Integer> ofReads,
        long readGapMillis,
        long writeGapMillis,
        boolean late,
        String said) {
    private static final long ANY = Long.MAX_VALUE;

    static final Law UNNOTICED = new Law(Set.of(), Set.of(), 3000, ANY, true, "");

    /** No source, and none to come: in time writes get an error that says so. */
    static final Law HELD = new Law(Set.of(9501, 9502, 9503), Set.of(), 3000, ANY, true, "");

    /** Nobody is a replica either, since nobody follows anybody. */
    static final Law LEADERLESS = new Law(Set.of(9503), Set.of(9503), 12_000, ANY, true, "");

    /** A server that ends in peace says so to the statements it interrupts; and it takes its time. */
    static final Law RESTARTED = new Law(Set.of(1053, 9501, 9502, 9503), Set.of(), 3000, ANY, true, "");

    static final Law INTERRUPTED = new Law(Set.of(9501, 9502), Set.of(), 3000, ANY, true, "");

    Law says(String text) {
        return new Law(ofWrites, ofReads, readGapMillis, writeGapMillis, late, text);
    }

    Law readsWithin(long millis) {
        return new Law(ofWrites, ofReads, millis, writeGapMillis, late, said);
    }

    Law writesWithin(long millis) {
        return new Law(ofWrites, ofReads, readGapMillis, millis, late, said);
    }

    Law nothingLate() {
        return new Law(ofWrites, ofReads, readGapMillis, writeGapMillis, false, said);
    }
}
