// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import java.time.Duration;

/**
 * Whether event loops come to their work in time.
 *
 * @param delays by how much they were late for what they had to do at a certain time, ten times a second
 * @param silence for how long the one that is latest now is overdue
 */
public record LoopsView(HistogramView delays, Duration silence) {}
