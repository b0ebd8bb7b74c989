// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import org.jspecify.annotations.Nullable;

/** A process of ours could not do what it was asked to; the message is for people and names cause and remedy. */
public final class ServerFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ServerFailure(String message) {
        super(message);
    }

    public ServerFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
