// SPDX-License-Identifier: Apache-2.0
/** Chooses among replicas that are equally right for a read. */
@NullMarked
package io.sluice.routing.balance;

import org.jspecify.annotations.NullMarked;
