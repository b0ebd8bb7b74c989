// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.trace;

import io.sluice.core.log.QueryLog;
import io.sluice.core.view.ExemplarView;
import org.jspecify.annotations.Nullable;

/**
 * A statement that is to have a span.
 *
 * @param hostgroup where it went
 * @param parent the client's span; null if it has told none
 * @param told what the metrics show of the span, which is to have these ids and end then
 */
record TracedStatement(
        QueryLog.Answer answer, int hostgroup, @Nullable TraceParent parent, ExemplarView told) {}
