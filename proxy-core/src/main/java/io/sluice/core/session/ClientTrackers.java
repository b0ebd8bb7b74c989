// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.protocol.packet.WireFormat;
import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which session trackers a client has asked for by SET session_track_... (manual: "Server Tracking of Client Session
 * State"). Backends report everything to Sluice, so what goes on to the client is chosen here. Immutable.
 *
 * @param variables in lower case; "*" stands for all
 * @param listed the text of session_track_system_variables
 * @param transactionInfo OFF, STATE or CHARACTERISTICS
 * @param gtids OFF, OWN_GTID or ALL_GTIDS; of other sessions' GTIDs none is ever reported
 */
record ClientTrackers(
        Set<String> variables,
        String listed,
        boolean schema,
        boolean stateChange,
        String transactionInfo,
        String gtids) {

    private static final String OFF = "OFF";
    private static final String ALL = "*";

    /** What most servers report to a client that has set nothing. */
    static final ClientTrackers DEFAULT = of(
            "time_zone,autocommit,character_set_client,character_set_results,character_set_connection",
            true,
            false,
            OFF,
            OFF);

    private static final ClientTrackers OF_MARIADB_11_3 = of(DEFAULT.listed + ",redirect_url", true, false, OFF, OFF);
    private static final int FIRST_WITH_REDIRECT_URL = 110300;

    /** What a server of this version reports to a client that has set nothing. */
    static ClientTrackers byDefault(@Nullable ServerVersion version) {
        boolean redirects = version != null && version.isMariadb() && version.number() >= FIRST_WITH_REDIRECT_URL;
        return redirects ? OF_MARIADB_11_3 : DEFAULT;
    }

    ClientTrackers {
        variables = Set.copyOf(variables);
    }

    private static ClientTrackers of(
            String listed, boolean schema, boolean stateChange, String transactionInfo, String gtids) {
        Set<String> names = Arrays.stream(listed.toLowerCase(Locale.ROOT).split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
        return new ClientTrackers(names, listed, schema, stateChange, transactionInfo, gtids);
    }

    /** Whether the answer to a write that changes nothing of the session tells nothing of it either. */
    boolean isQuietAboutWrites() {
        return !stateChange
                && transactionInfo.equals(OFF)
                && gtids.equals(OFF)
                && !variables.contains(ALL)
                && !variables.contains(SessionState.LAST_GTID_OF_MARIADB);
    }

    /** Gives a connection these settings, under which the client's own SET then runs. */
    String statement(Flavor flavor) {
        StringBuilder list = new StringBuilder();
        for (byte b : listed.getBytes(StandardCharsets.UTF_8)) {
            list.append(String.format("%02x", b));
        }
        String common = "SET @@session.session_track_schema=" + (schema ? 1 : 0)
                + ",@@session.session_track_state_change=" + (stateChange ? 1 : 0)
                + ",@@session.session_track_transaction_info='" + transactionInfo
                + "',@@session.session_track_system_variables=_utf8mb4 X'" + list + "'";
        return flavor == Flavor.MARIADB ? common : common + ",@@session.session_track_gtids='" + gtids + "'";
    }

    /** Asks for the settings after the client's SET; {@link #parse} reads the answer. */
    static String question(Flavor flavor) {
        // The list comes last, since it may be NULL, which CONCAT_WS leaves out.
        return "SELECT CONCAT_WS(';',@@session_track_schema,@@session_track_state_change,"
                + "@@session_track_transaction_info,"
                + (flavor == Flavor.MARIADB ? "'OFF'" : "@@session_track_gtids")
                + ",@@session_track_system_variables)";
    }

    /**
     * Reads "1;0;OFF;OFF;autocommit,time_zone", from MariaDB "ON;OFF;OFF;OFF;autocommit,time_zone"; returns this if it
     * is something else.
     */
    ClientTrackers parse(String answer) {
        String[] parts = answer.split(";", 5);
        return parts.length < 4
                ? this
                : of(parts.length < 5 ? "" : parts[4], isOn(parts[0]), isOn(parts[1]), parts[2], parts[3]);
    }

    private static boolean isOn(String value) {
        return value.equals("1") || value.equals("ON");
    }

    /** Copies the entries of a block of session state changes that the client has asked for, as they are. */
    void copyWanted(ByteBuf block, ByteBuf out) {
        while (block.isReadable()) {
            int start = block.readerIndex();
            int type = block.readUnsignedByte();
            ByteBuf entry = WireFormat.readLengthEncodedBytes(block);
            if (type == SessionChanges.SESSION_TRACK_SYSTEM_VARIABLES && !variables.contains(ALL)) {
                copyVariables(entry, out);
            } else if (wants(type)) {
                out.writeBytes(block, start, block.readerIndex() - start);
            }
        }
    }

    private boolean wants(int type) {
        return switch (type) {
            case SessionChanges.SESSION_TRACK_SYSTEM_VARIABLES -> true;
            case SessionChanges.SESSION_TRACK_SCHEMA -> schema;
            case SessionChanges.SESSION_TRACK_STATE_CHANGE -> stateChange;
            case SessionChanges.SESSION_TRACK_GTIDS -> !gtids.equals(OFF);
            case SessionChanges.SESSION_TRACK_TRANSACTION_CHARACTERISTICS -> transactionInfo.equals("CHARACTERISTICS");
            case SessionChanges.SESSION_TRACK_TRANSACTION_STATE -> !transactionInfo.equals(OFF);
            default -> false;
        };
    }

    /** MySQL reports one variable an entry, MariaDB several. */
    private void copyVariables(ByteBuf entry, ByteBuf out) {
        ByteBuf wanted = Unpooled.EMPTY_BUFFER;
        while (entry.isReadable()) {
            int start = entry.readerIndex();
            String name = WireFormat.readLengthEncodedString(entry);
            WireFormat.readLengthEncodedBytes(entry);
            if (variables.contains(name.toLowerCase(Locale.ROOT))) {
                wanted = wanted.isReadable() ? wanted : out.alloc().buffer(64);
                wanted.writeBytes(entry, start, entry.readerIndex() - start);
            }
        }
        if (wanted.isReadable()) {
            out.writeByte(SessionChanges.SESSION_TRACK_SYSTEM_VARIABLES);
            WireFormat.writeLengthEncodedInteger(out, wanted.readableBytes());
            out.writeBytes(wanted);
            wanted.release();
        }
    }
}
