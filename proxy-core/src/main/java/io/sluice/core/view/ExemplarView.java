// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import java.time.Duration;
import java.time.Instant;

/**
 * One of those that a histogram has counted, which has a span.
 *
 * @param trace 32 hex digits
 * @param span 16 hex digits
 * @param ended when it was counted
 */
public record ExemplarView(String trace, String span, Duration took, Instant ended) {}
