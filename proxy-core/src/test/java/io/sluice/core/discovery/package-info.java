// SPDX-License-Identifier: Apache-2.0
/** Tests of discovery on a network of servers that name each other. */
@NullMarked
package io.sluice.core.discovery;

import org.jspecify.annotations.NullMarked;
