// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import java.util.concurrent.CompletableFuture;

/** What {@link ClientHandshake} wants done next. */
public sealed interface ClientStep {
    /** Hand in the server's next packet. */
    record Await() implements ClientStep {}

    /** Send one packet, then hand in the server's next. */
    record Send(byte[] payload) implements ClientStep {}

    /** Send the packet when it is there, then hand in the server's next. */
    record SendLater(CompletableFuture<byte[]> payload) implements ClientStep {}

    /** Send the request, start TLS, and send the response under it, as the next packet. */
    record StartTls(byte[] request, byte[] response) implements ClientStep {}

    /** Logged in. */
    record Ready(HandshakeResult result) implements ClientStep {}

    /** Close. */
    record Failed(HandshakeFailure failure) implements ClientStep {}
}
