// SPDX-License-Identifier: Apache-2.0
/** Tests of the operators' ports over real sockets, with a view that is set by hand. */
@NullMarked
package io.sluice.admin;

import org.jspecify.annotations.NullMarked;
