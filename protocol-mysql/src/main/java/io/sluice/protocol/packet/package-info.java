// SPDX-License-Identifier: Apache-2.0
/** One record per packet structure that Sluice acts on, and {@code WireFormat}, the encoding of their fields. */
@NullMarked
package io.sluice.protocol.packet;

import org.jspecify.annotations.NullMarked;
