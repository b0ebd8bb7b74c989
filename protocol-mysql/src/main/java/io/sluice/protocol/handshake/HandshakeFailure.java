// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.SqlError;

/**
 * Why a backend could not be logged in to.
 *
 * @param fromServer whether the server itself sent that error, even in place of a handshake; else it is Sluice's word
 */
public record HandshakeFailure(SqlError error, boolean fromServer) {}
