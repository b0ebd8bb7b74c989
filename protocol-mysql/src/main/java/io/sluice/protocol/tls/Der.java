// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** The few forms of ASN.1's DER encoding that a certificate is made of (X.690): tag, length, content. */
final class Der {
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;

    /** Named by RFC 5758: 1.2.840.10045.4.3.2, without parameters. */
    static final byte[] SHA256_WITH_ECDSA = element(SEQUENCE, oid(42, 134, 72, 206, 61, 4, 3, 2));

    /** Named by RFC 8017: 1.2.840.113549.1.1.1 with the parameters NULL. */
    static final byte[] RSA_ENCRYPTION = element(SEQUENCE, oid(42, 134, 72, 134, 247, 13, 1, 1, 1), element(0x05));

    private static final DateTimeFormatter UTC_TIME = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'");

    private Der() {}

    static byte[] element(int tag, byte[]... contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = 0;
        for (byte[] content : contents) {
            length += content.length;
        }
        if (length > 0xff) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length > 0x7f) {
            out.write(0x81);
        }
        out.write(length);
        for (byte[] content : contents) {
            out.writeBytes(content);
        }
        return out.toByteArray();
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** An object identifier whose encoded bytes those are. */
    static byte[] oid(int... encoded) {
        return element(0x06, bytes(encoded));
    }

    static byte[] integer(BigInteger value) {
        return element(0x02, value.toByteArray());
    }

    static byte[] yes() {
        return element(0x01, bytes(0xff));
    }

    static byte[] utf8(String text) {
        return element(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Until the year 2049. */
    static byte[] utcTime(ZonedDateTime time) {
        String text = UTC_TIME.format(time.withZoneSameInstant(ZoneOffset.UTC));
        return element(0x17, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A bit string of whole bytes. */
    static byte[] bitString(byte[] content) {
        return element(BIT_STRING, bytes(0), content);
    }
}
