// SPDX-License-Identifier: Apache-2.0
/** Tests of the monitor: a cluster of fake servers, a clock that is moved by hand, and random histories. */
@NullMarked
package io.sluice.core.monitor;

import org.jspecify.annotations.NullMarked;
