// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.SqlError;
import java.util.concurrent.CompletableFuture;

/** What {@link ServerHandshake} wants done next. */
public sealed interface ServerStep {
    /** Send one packet, then hand in the client's next. */
    record Send(byte[] payload) implements ServerStep {}

    /** Hand in the same packet again when that is complete. A failure is the server's, not the client's. */
    record Await(CompletableFuture<?> missing) implements ServerStep {}

    /** From here on the connection is under TLS; then hand in the client's next packet. */
    record StartTls() implements ServerStep {}

    /** The client is who it says. Send the payload first unless it is empty; an OK or ERR packet has to end it. */
    record Authenticated(Login login, byte[] payload) implements ServerStep {}

    /** Send the error and close. */
    record Refused(SqlError error) implements ServerStep {}
}
