// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.trace;

import io.sluice.core.log.QueryLog;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A statement that is to have a span.
 *
 * @param ended when its answer was complete
 * @param hostgroup where it went
 * @param parent the client's span; null if it has told none
 */
record TracedStatement(
        QueryLog.Answer answer,
        Instant ended,
        int hostgroup,
        @Nullable TraceParent parent) {}
