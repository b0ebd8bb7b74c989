// SPDX-License-Identifier: Apache-2.0
/** The quickstart: real servers, Sluice before them, and real statements that show what it does. Run by bin/quickstart. */
@NullMarked
package io.sluice.it.tour;

import org.jspecify.annotations.NullMarked;
