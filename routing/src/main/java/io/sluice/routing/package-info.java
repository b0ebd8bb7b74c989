// SPDX-License-Identifier: Apache-2.0
/**
 * Decides where a statement goes. The {@link io.sluice.routing.Router} is a pure function of a request and of an
 * immutable topology; nothing here does I/O, starts a thread or reads a clock.
 */
@NullMarked
package io.sluice.routing;

import org.jspecify.annotations.NullMarked;
