// SPDX-License-Identifier: Apache-2.0
/**
 * Connections to backends and their pools. A connection and the pool that owns it live on one event loop; what loops
 * share is one counter of permits per backend. A session that leases a connection is its only user until it is given
 * back, clean.
 */
@NullMarked
package io.sluice.core.backend;

import org.jspecify.annotations.NullMarked;
