// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.trace;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.sdk.trace.IdGenerator;

/** Gives each span the ids that the metrics have told already. For the exporting thread. */
final class ToldIds implements IdGenerator {
    private String trace = TraceId.getInvalid();
    private String span = SpanId.getInvalid();

    /** The next span is that of this statement. */
    void use(TracedStatement next) {
        trace = next.told().trace();
        span = next.told().span();
    }

    @Override
    public String generateTraceId() {
        return trace;
    }

    @Override
    public String generateSpanId() {
        return span;
    }
}
