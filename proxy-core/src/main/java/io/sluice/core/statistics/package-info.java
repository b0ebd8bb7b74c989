// SPDX-License-Identifier: Apache-2.0
/**
 * What each event loop counts of the statements it relays, for people: digests, commands, errors. {@link
 * io.sluice.core.statistics.LoopStatistics} belongs to a loop, {@link io.sluice.core.statistics.Statistics} adds up
 * those of all loops.
 */
@NullMarked
package io.sluice.core.statistics;

import org.jspecify.annotations.NullMarked;
