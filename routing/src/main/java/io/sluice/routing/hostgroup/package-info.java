// SPDX-License-Identifier: Apache-2.0
/** Sets of servers that reads can be directed to, and who directs them. */
@NullMarked
package io.sluice.routing.hostgroup;

import org.jspecify.annotations.NullMarked;
