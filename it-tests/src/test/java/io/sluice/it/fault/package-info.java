// SPDX-License-Identifier: Apache-2.0
/** Faults of the network, put between client, Sluice and server at any byte. */
@NullMarked
package io.sluice.it.fault;

import org.jspecify.annotations.NullMarked;
