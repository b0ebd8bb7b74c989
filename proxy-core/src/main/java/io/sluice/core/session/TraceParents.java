// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
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
    static @Nullable TraceParent ofQuery(Command command, byte[] attributes, LoopScope scope) {
        if (attributes.length > QueryAttributes.NONE.length) {
            String given = QueryAttributes.texts(attributes, TraceParent.NAME).get("");
            if (given != null) {
                return TraceParent.parse(given).orElse(null);
            }
        }
        int length = command.bodyLength();
        int most = Math.min(length, TraceParent.LOOKED_AT);
        TraceParent atEnd = find(command, length - most, most, scope);
        return atEnd != null || most == length ? atEnd : find(command, 0, most, scope);
    }

    private static @Nullable TraceParent find(Command command, int from, int length, LoopScope scope) {
        byte[] text = scope.scratch(length);
        command.packets().getBytes(command.bodyIndex() + from, text, 0, length);
        return TraceParent.find(text, length).orElse(null);
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
