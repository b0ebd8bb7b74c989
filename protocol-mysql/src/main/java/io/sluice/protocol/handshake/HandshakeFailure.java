// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.SqlError;

/**
 * Why a backend could not be logged in to.
 *
 * @param answered whether the server can be reached and does not let this account in: it sent that error, even in place
 *     of a handshake, or asked for a proof that Sluice cannot give; else the error says why there was no answer
 */
public record HandshakeFailure(SqlError error, boolean answered) {}
