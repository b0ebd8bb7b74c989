// SPDX-License-Identifier: Apache-2.0
/** Tests of the metrics: names, labels, zeros from the start. */
@NullMarked
package io.sluice.core.account;

import org.jspecify.annotations.NullMarked;
