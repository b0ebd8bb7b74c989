// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.packet;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The session state changes that a server reports in an OK packet (manual: "Session State Information").
 *
 * @param variables system variables with their new values, in the order reported
 * @param schema the new default schema, or null if it did not change
 * @param stateChanged whether anything of the session changed, also what no other tracker names
 * @param gtids the text of the GTID tracker, or null
 * @param characteristics the statements that restore the characteristics of the transaction, or null if unchanged
 * @param transactionState the eight letters of the transaction state tracker, or null
 */
public record SessionChanges(
        List<Variable> variables,
        @Nullable String schema,
        boolean stateChanged,
        @Nullable String gtids,
        @Nullable String characteristics,
        @Nullable String transactionState) {

    public static final int SESSION_TRACK_SYSTEM_VARIABLES = 0;
    public static final int SESSION_TRACK_SCHEMA = 1;
    public static final int SESSION_TRACK_STATE_CHANGE = 2;
    public static final int SESSION_TRACK_GTIDS = 3;
    public static final int SESSION_TRACK_TRANSACTION_CHARACTERISTICS = 4;
    public static final int SESSION_TRACK_TRANSACTION_STATE = 5;

    public static final SessionChanges NONE = new SessionChanges(List.of(), null, false, null, null, null);

    /** A system variable and the value the server reports for it. */
    public record Variable(String name, String value) {}

    public SessionChanges {
        variables = List.copyOf(variables);
    }

    /** Reads the whole of {@code in}, the content of the block without its length. Unknown trackers are skipped. */
    public static SessionChanges read(ByteBuf in) {
        List<Variable> variables = new ArrayList<>(2);
        String schema = null;
        boolean stateChanged = false;
        String gtids = null;
        String characteristics = null;
        String transactionState = null;
        while (in.isReadable()) {
            int type = in.readUnsignedByte();
            ByteBuf entry = WireFormat.readLengthEncodedBytes(in);
            switch (type) {
                case SESSION_TRACK_SYSTEM_VARIABLES -> readVariables(entry, variables);
                case SESSION_TRACK_SCHEMA -> schema = WireFormat.readLengthEncodedString(entry);
                case SESSION_TRACK_STATE_CHANGE -> stateChanged |= entry.isReadable() && entry.readByte() == '1';
                case SESSION_TRACK_GTIDS -> {
                    WireFormat.require(entry, 1);
                    entry.skipBytes(1); // the encoding specification: 0, the only one there is
                    gtids = WireFormat.readLengthEncodedString(entry);
                }
                case SESSION_TRACK_TRANSACTION_CHARACTERISTICS ->
                    characteristics = WireFormat.readLengthEncodedString(entry);
                case SESSION_TRACK_TRANSACTION_STATE -> transactionState = WireFormat.readLengthEncodedString(entry);
                default -> {
                    // A tracker of a newer server; its length told how much to skip.
                }
            }
        }
        return new SessionChanges(variables, schema, stateChanged, gtids, characteristics, transactionState);
    }

    /** MySQL sends one variable an entry, MariaDB several. */
    private static void readVariables(ByteBuf entry, List<Variable> variables) {
        while (entry.isReadable()) {
            String name = WireFormat.readLengthEncodedString(entry);
            variables.add(new Variable(name, WireFormat.readLengthEncodedString(entry)));
        }
    }
}
