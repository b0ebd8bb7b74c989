// SPDX-License-Identifier: Apache-2.0
/**
 * The inherited suite: each area of behaviour is one abstract class, run directly against a server and again through
 * Sluice. The two runs differ in the address alone; what passes directly must pass through the proxy.
 */
@NullMarked
package io.sluice.it.suite;

import org.jspecify.annotations.NullMarked;
