// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.packet.WireFormat;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One response as the client got it: the payloads of its packets, whose sequence ids were 1, 2, 3 and so on. Reads
 * "ok", "rows a,b", "error 1064", "rows a, error 9505", "prepared 3", "file f".
 */
record Reply(List<byte[]> payloads, boolean eofDeprecated) {

    byte[] last() {
        return payloads.get(payloads.size() - 1);
    }

    @Nullable
    SqlError error() {
        return (last()[0] & 0xff) == 0xff ? ErrPacket.read(Unpooled.wrappedBuffer(last())) : null;
    }

    /** The id that the answer to COM_STMT_PREPARE gives to the statement. */
    int statementId() {
        return Unpooled.wrappedBuffer(payloads.get(0)).getIntLE(1);
    }

    /** The server status of an OK packet that is the whole answer. */
    int status() {
        ByteBuf ok = Unpooled.wrappedBuffer(last());
        ok.skipBytes(1);
        WireFormat.readLengthEncodedInteger(ok);
        WireFormat.readLengthEncodedInteger(ok);
        return ok.readUnsignedShortLE();
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        int i = 0;
        while (i < payloads.size()) {
            byte[] first = payloads.get(i);
            int header = first[0] & 0xff;
            if (header == 0xff) {
                SqlError error = ErrPacket.read(Unpooled.wrappedBuffer(first));
                parts.add("error " + error.code());
                i++;
            } else if (header == 0x00 && first.length == 12 && payloads.size() > 1 || isPrepareOk(first)) {
                parts.add("prepared " + statementId());
                i = payloads.size();
            } else if (header == 0x00) {
                parts.add("ok");
                i++;
            } else if (header == WireFormat.NULL_MARK) {
                parts.add("file " + new String(first, 1, first.length - 1, java.nio.charset.StandardCharsets.UTF_8));
                i++;
            } else if (first.length == 1) {
                int definitions = i + first[0] + (eofDeprecated ? 1 : 2);
                do {
                    i++;
                } while (i < definitions && i < payloads.size() && (payloads.get(i)[0] & 0xff) != 0xff);
                i = rows(i, parts);
            } else {
                i = rows(i, parts);
            }
        }
        return String.join(", ", parts);
    }

    private static boolean isPrepareOk(byte[] payload) {
        return payload.length == 12 && payload[0] == 0;
    }

    private int rows(int from, List<String> parts) {
        List<String> values = new ArrayList<>();
        int i = from;
        for (; i < payloads.size(); i++) {
            int header = payloads.get(i)[0] & 0xff;
            if (header == 0xff) {
                break;
            }
            if (header == 0xfe) {
                i++;
                break;
            }
            ByteBuf row = Unpooled.wrappedBuffer(payloads.get(i));
            List<String> columns = new ArrayList<>();
            do {
                columns.add(WireFormat.readLengthEncodedString(row));
            } while (row.isReadable());
            values.add(String.join("=", columns));
        }
        parts.add("rows " + String.join(",", values));
        return i;
    }
}
