// SPDX-License-Identifier: Apache-2.0
/**
 * A span for each statement of a sample, and of each whose client traces it. {@link io.sluice.core.trace.LoopTraces} decides
 * for one event loop, {@link io.sluice.core.trace.SpanExport} makes spans of what was decided, on a thread of its own. What
 * the metrics tell of them ({@link io.sluice.core.view.ExemplarView}) is known at once.
 */
@NullMarked
package io.sluice.core.trace;

import org.jspecify.annotations.NullMarked;
