// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import io.sluice.core.view.SpreadView;
import java.util.Arrays;

/** Counts times by their ranges. For one thread; allocates only for a time that is longer than all before. */
final class Spread {
    private int[] counts = {};

    void add(long nanos) {
        int range = SpreadView.rangeOf(nanos);
        if (range >= counts.length) {
            counts = Arrays.copyOf(counts, range + 1 + range / 8);
        }
        if (++counts[range] == Integer.MAX_VALUE) {
            Arrays.setAll(counts, i -> counts[i] / 2); // shares stay what they are
        }
    }

    SpreadView view() {
        return new SpreadView(counts.clone());
    }
}
