// SPDX-License-Identifier: Apache-2.0
/**
 * Files of JSON lines: statements that took long or are one of a sample, clients that came or were refused. {@link
 * io.sluice.core.log.Journal} takes lines from event loops without a lock and writes them on a thread of its own; {@link
 * io.sluice.core.log.QueryLog} decides for one event loop which statements are worth one.
 */
@NullMarked
package io.sluice.core.log;

import org.jspecify.annotations.NullMarked;
