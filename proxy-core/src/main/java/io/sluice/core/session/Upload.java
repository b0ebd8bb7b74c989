// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.PeerTimeout;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.UploadScanner;
import org.jspecify.annotations.Nullable;

/**
 * The file that a client sends for LOAD DATA LOCAL, on its way to the server that asked for it. If that server is lost,
 * the rest of the file is still read, since only then may the client be told. Belongs to one {@link Relay}.
 */
final class Upload {
    private final Relay relay;
    private final UploadScanner scanner = new UploadScanner();
    private @Nullable SqlError error;

    Upload(Relay relay) {
        this.relay = relay;
    }

    void begin(int requestId) {
        scanner.begin(requestId);
        error = null;
        BackendConnection connection = relay.lease().held();
        if (connection != null) {
            PeerTimeout.letItTakeItsTime(connection.channel());
        }
    }

    /** The server is lost; the client is told after its last byte. */
    void fail(SqlError why) {
        error = why;
    }

    /**
     * Passes bytes on; takes over the reference.
     *
     * @return what follows the file, owned by the caller, or null
     */
    @Nullable
    ByteBuf pass(ByteBuf bytes, @Nullable BackendConnection connection) {
        int length = scanner.scan(bytes);
        ByteBuf rest = length < bytes.readableBytes() ? bytes : null;
        ByteBuf part = rest == null ? bytes : bytes.readRetainedSlice(length);
        if (connection == null) {
            part.release();
        } else {
            connection.upload(part);
            connection.flush();
        }
        if (scanner.isDone()) {
            relay.uploadEnded(error, scanner.nextSequenceId());
        }
        return rest;
    }
}
