// SPDX-License-Identifier: Apache-2.0
/**
 * What Sluice counts. {@link io.sluice.core.metrics.ProxyMetrics} is written to by the data path, without allocation and
 * without looking anything up by name; {@link io.sluice.core.metrics.ViewMetrics} reads the proxy's view when somebody
 * scrapes. Every label has a small, fixed set of values: enums, configured servers, known error codes, a limited number of
 * users; never a schema or a statement.
 */
@NullMarked
package io.sluice.core.metrics;

import org.jspecify.annotations.NullMarked;
