// SPDX-License-Identifier: Apache-2.0
/** What comments of a statement say about where it may go. */
@NullMarked
package io.sluice.routing.hint;

import org.jspecify.annotations.NullMarked;
