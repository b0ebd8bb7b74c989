// SPDX-License-Identifier: Apache-2.0
/** Packet framing: the only place that writes or splits a packet header, and the one that collects commands. */
@NullMarked
package io.sluice.protocol.codec;

import org.jspecify.annotations.NullMarked;
