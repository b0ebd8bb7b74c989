// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.core.trace.TraceParent;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.codec.QueryAttributes;
import org.jspecify.annotations.Nullable;

/** Where clients tell the span that a statement belongs to: in a query attribute, else in a comment at either end. */
final class TraceParents {
    private TraceParents() {}

    /**
     * That of a COM_QUERY.
     *
     * @param attributes what the command carried before its text
     */
    static @Nullable TraceParent ofQuery(Command command, byte[] attributes) {
        if (attributes.length > QueryAttributes.NONE.length) {
            String given = QueryAttributes.texts(attributes, TraceParent.NAME).get("");
            if (given != null) {
                return TraceParent.parse(given).orElse(null);
            }
        }
        int end = command.bodyIndex() + command.bodyLength();
        int most = Math.min(command.bodyLength(), TraceParent.LOOKED_AT);
        return TraceParent.find(ByteBufUtil.getBytes(command.packets(), end - most, most))
                .or(() -> TraceParent.find(ByteBufUtil.getBytes(command.packets(), command.bodyIndex(), most)))
                .orElse(null);
    }

    /**
     * That of a COM_STMT_EXECUTE, with the comments that its statement was prepared with.
     *
     * @param attributed whether the client speaks with CLIENT_QUERY_ATTRIBUTES
     */
    static @Nullable TraceParent ofExecution(Command command, Prepared prepared, boolean attributed) {
        String given = attributed && command.isSinglePacket() ? attribute(command, prepared) : null;
        return given == null ? prepared.commented() : TraceParent.parse(given).orElse(null);
    }

    private static @Nullable String attribute(Command command, Prepared prepared) {
        ByteBuf parameters = ExecuteCommand.parameters(command);
        if (!parameters.isReadable()) {
            return null; // neither parameters nor attributes
        }
        try {
            return QueryAttributes.textsOfExecution(
                            parameters, prepared.parameters, prepared::hasLongData, TraceParent.NAME)
                    .get("");
        } catch (ProtocolException e) {
            return null; // what is wrong with it is for the server to say
        }
    }
}
