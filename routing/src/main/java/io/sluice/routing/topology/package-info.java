// SPDX-License-Identifier: Apache-2.0
/**
 * What is known of the servers at one moment: an immutable snapshot that the monitor publishes and that every command
 * reads once.
 */
@NullMarked
package io.sluice.routing.topology;

import org.jspecify.annotations.NullMarked;
