// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.trace;

import io.sluice.core.log.QueryLog;
import io.sluice.core.view.ExemplarView;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which statements of one event loop have a span. Confined to it. */
public final class LoopTraces {
    private final @Nullable SpanExport export;
    private final int oneIn;
    private int skipped;

    /**
     * @param export null: none have
     * @param oneIn of so many statements that no client traces one has; 0: none of those
     */
    LoopTraces(@Nullable SpanExport export, int oneIn) {
        this.export = export;
        this.oneIn = oneIn;
    }

    /** None have. */
    public static LoopTraces off() {
        return new LoopTraces(null, 0);
    }

    public boolean isOn() {
        return export != null;
    }

    /**
     * A server has answered a statement. Where its client traces it that decides, else the sample.
     *
     * @param answer asked for if it has a span
     * @return what the metrics may tell of its span; null if it has none
     */
    public @Nullable ExemplarView answered(
            @Nullable TraceParent parent, int hostgroup, Supplier<QueryLog.Answer> answer) {
        return export != null && (parent == null ? isNext() : parent.sampled())
                ? export.add(answer.get(), hostgroup, parent)
                : null;
    }

    private boolean isNext() {
        if (oneIn == 0 || ++skipped < oneIn) {
            return false;
        }
        skipped = 0;
        return true;
    }
}
