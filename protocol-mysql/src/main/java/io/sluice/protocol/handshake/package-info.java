// SPDX-License-Identifier: Apache-2.0
/**
 * The connection phase in both roles. The step machines ({@code ServerHandshake}, {@code ClientHandshake}) turn
 * packets into steps and know no channel; the handlers next to them do what the steps say on a Netty channel and
 * then make room for the command phase.
 */
@NullMarked
package io.sluice.protocol.handshake;

import org.jspecify.annotations.NullMarked;
