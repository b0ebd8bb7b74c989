// SPDX-License-Identifier: Apache-2.0
/** What clients see when a source dies: figures, and what must hold of them. */
@NullMarked
package io.sluice.it.failover;

import org.jspecify.annotations.NullMarked;
