// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.sluice.protocol.response.ResponseKind;
import io.sluice.protocol.response.ResponseScanner;

/**
 * One command on its way and the response to it. All calls come on the connection's event loop. Exactly one of {@link
 * #completed} and {@link #lost} ends it.
 */
public interface Exchange extends ResponseScanner.Sink {
    ResponseKind kind();

    /** The last byte of the response has been handed over. */
    void completed(BackendConnection connection);

    /** No more bytes for now, and the response goes on. */
    default void pause() {}

    /** The connection is gone; no more bytes come. */
    void lost(BackendConnection connection, String cause);
}
