// SPDX-License-Identifier: Apache-2.0
/** What all tests on real servers stand on: the shared laboratory and where a test connects to. */
@NullMarked
package io.sluice.it;

import org.jspecify.annotations.NullMarked;
