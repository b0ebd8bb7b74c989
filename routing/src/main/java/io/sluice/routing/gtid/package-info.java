// SPDX-License-Identifier: Apache-2.0
/** Sets of global transaction identifiers, as MySQL and MariaDB write them, and their algebra. */
@NullMarked
package io.sluice.routing.gtid;

import org.jspecify.annotations.NullMarked;
