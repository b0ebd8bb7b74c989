// SPDX-License-Identifier: Apache-2.0
/** Tests of planned changes: servers that note what they are told and fail on demand. */
@NullMarked
package io.sluice.core.failover;

import org.jspecify.annotations.NullMarked;
