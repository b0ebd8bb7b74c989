// SPDX-License-Identifier: Apache-2.0
/** What the servers' catalogues tell of names in statements: which stored functions only read. */
@NullMarked
package io.sluice.routing.catalogue;

import org.jspecify.annotations.NullMarked;
