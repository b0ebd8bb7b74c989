// SPDX-License-Identifier: Apache-2.0
/**
 * The proxy as a whole: what composes the parts, and the narrow views through which the admin ports see and steer it.
 */
@NullMarked
package io.sluice.core;

import org.jspecify.annotations.NullMarked;
