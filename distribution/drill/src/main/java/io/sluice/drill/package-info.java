// SPDX-License-Identifier: Apache-2.0
/**
 * The drill: the source is killed and moved under load, and what clients see is counted. Knows Sluice from outside, as a
 * program with ports.
 */
@NullMarked
package io.sluice.drill;

import org.jspecify.annotations.NullMarked;
