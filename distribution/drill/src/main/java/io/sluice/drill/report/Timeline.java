// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.report;

import io.sluice.drill.load.Call;
import io.sluice.drill.load.Call.Kind;
import java.util.List;

/** How many statements ended in each tenth of a second. */
record Timeline(int[] writes, int[] reads, int[] errors) {
    static final int BUCKET_MILLIS = 100;
    private static final long BUCKET_NANOS = BUCKET_MILLIS * 1_000_000L;

    static Timeline of(List<Call> calls, long fromNanos, long toNanos) {
        int buckets = (int) ((toNanos - fromNanos) / BUCKET_NANOS) + 1;
        Timeline timeline = new Timeline(new int[buckets], new int[buckets], new int[buckets]);
        for (Call call : calls) {
            int bucket = (int) ((call.endedNanos() - fromNanos) / BUCKET_NANOS);
            if (bucket >= 0 && bucket < buckets) {
                timeline.of(call)[bucket]++;
            }
        }
        return timeline;
    }

    private int[] of(Call call) {
        if (call.failed()) {
            return errors;
        }
        return call.kind() == Kind.WRITE ? writes : reads;
    }
}
