// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.sluice.core.trace;

import org.jspecify.annotations.NullMarked;
