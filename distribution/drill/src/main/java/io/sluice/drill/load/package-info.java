// SPDX-License-Identifier: Apache-2.0
/** Clients that write numbered rows and read them back through Sluice, and a record of each statement that ended. */
@NullMarked
package io.sluice.drill.load;

import org.jspecify.annotations.NullMarked;
