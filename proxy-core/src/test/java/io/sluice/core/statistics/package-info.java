// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.sluice.core.statistics;

import org.jspecify.annotations.NullMarked;
