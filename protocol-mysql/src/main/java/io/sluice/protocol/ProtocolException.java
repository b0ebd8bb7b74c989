// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol;

import java.util.Objects;

/**
 * The peer sent bytes that the protocol does not allow. Without a stack trace: the fault is the peer's, and hostile
 * input must stay cheap. The connection can not go on, since the packet boundaries are lost.
 */
public final class ProtocolException extends RuntimeException {
    public ProtocolException(String message) {
        super(message, null, false, false);
    }

    /** What was wrong with the bytes; never null, unlike in the supertype, since peers are told. */
    @Override
    public String getMessage() {
        return Objects.requireNonNull(super.getMessage());
    }
}
