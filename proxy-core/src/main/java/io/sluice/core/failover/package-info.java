// SPDX-License-Identifier: Apache-2.0
/**
 * Changes that an operator plans: servers drained and taken back, and the source moved to another server without an
 * error for clients. Works on threads of its own, by the monitor's account.
 */
@NullMarked
package io.sluice.core.failover;

import org.jspecify.annotations.NullMarked;
