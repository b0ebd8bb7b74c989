// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.balance;

/**
 * How long statements take on the servers in general, by digest, so that a server can be told to be slow without
 * confusing it with one that was given the heavy statements. A fixed table: of two statements that meet in one place the
 * later one starts anew. Allocates nothing per statement. One per event loop; not thread-safe.
 */
final class Pace {
    /** A power of two. Eight hot statements in a hundred share a place with another at most. */
    private static final int PLACES = 4096;

    /** A longer memory than {@link ReplicaLoad}'s: what is usual must not follow what is slow just now. */
    private static final float SHARE_OF_NEW = 1F / 64;

    private final long[] digests = new long[PLACES];
    private final float[] usual = new float[PLACES];

    /**
     * Notes that a statement took so long.
     *
     * @param nanos above zero
     * @return how many times the usual that is; 1 for a statement not met before
     */
    float note(long digest, long nanos) {
        int place = (int) (digest ^ digest >>> 32) & PLACES - 1;
        float took = nanos;
        if (digests[place] != digest || usual[place] == 0) {
            digests[place] = digest;
            usual[place] = took;
            return 1;
        }
        float before = usual[place];
        // One that took a hundred times as long says little of what is usual.
        usual[place] = before + (Math.min(took, before * ReplicaLoad.SLOWEST) - before) * SHARE_OF_NEW;
        return took / before;
    }
}
