// SPDX-License-Identifier: Apache-2.0
/** The quickstart's tour as a test: what a newcomer is shown must hold on every server. */
@NullMarked
package io.sluice.it.tour;

import org.jspecify.annotations.NullMarked;
