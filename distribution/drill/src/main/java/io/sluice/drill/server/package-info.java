// SPDX-License-Identifier: Apache-2.0
/**
 * Real servers and a real Sluice as processes of this machine: start, kill, pause, promote, lag. The drill, the
 * quickstart and the integration tests share it, so that what a newcomer sees and what the tests prove is the same thing.
 */
@NullMarked
package io.sluice.drill.server;

import org.jspecify.annotations.NullMarked;
