// SPDX-License-Identifier: Apache-2.0
/** Tests of the limits on statements. */
@NullMarked
package io.sluice.core.limit;

import org.jspecify.annotations.NullMarked;
