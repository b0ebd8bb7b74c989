// SPDX-License-Identifier: Apache-2.0
/**
 * How many statements may run at once, or in a second, of whom and of what kind; and who waits for a turn meanwhile. Knows
 * nothing of sessions: they ask, and are called back. All types may be used from any event loop; none takes a lock.
 */
@NullMarked
package io.sluice.core.limit;

import org.jspecify.annotations.NullMarked;
