// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Map;
import javax.security.auth.x500.X500Principal;

/**
 * The name of a certificate's subject or issuer as servers compare it, and as CREATE USER ... REQUIRE SUBJECT has it:
 * "/C=SE/O=Example/CN=app", which is what OpenSSL's X509_NAME_oneline prints. The Java platform prints other forms only,
 * from which the bytes of a value cannot be had back, so the encoded name is read here.
 */
public final class OneLineName {
    /** OpenSSL's short names; attributes without one have their numbers there. */
    private static final Map<String, String> SHORT_NAMES = Map.ofEntries(
            Map.entry("2.5.4.3", "CN"),
            Map.entry("2.5.4.4", "SN"),
            Map.entry("2.5.4.5", "serialNumber"),
            Map.entry("2.5.4.6", "C"),
            Map.entry("2.5.4.7", "L"),
            Map.entry("2.5.4.8", "ST"),
            Map.entry("2.5.4.9", "street"),
            Map.entry("2.5.4.10", "O"),
            Map.entry("2.5.4.11", "OU"),
            Map.entry("2.5.4.12", "title"),
            Map.entry("2.5.4.13", "description"),
            Map.entry("2.5.4.15", "businessCategory"),
            Map.entry("2.5.4.17", "postalCode"),
            Map.entry("2.5.4.41", "name"),
            Map.entry("2.5.4.42", "GN"),
            Map.entry("2.5.4.43", "initials"),
            Map.entry("2.5.4.44", "generationQualifier"),
            Map.entry("2.5.4.45", "x500UniqueIdentifier"),
            Map.entry("2.5.4.46", "dnQualifier"),
            Map.entry("2.5.4.65", "pseudonym"),
            Map.entry("2.5.4.97", "organizationIdentifier"),
            Map.entry("1.2.840.113549.1.9.1", "emailAddress"),
            Map.entry("1.2.840.113549.1.9.2", "unstructuredName"),
            Map.entry("0.9.2342.19200300.100.1.1", "UID"),
            Map.entry("0.9.2342.19200300.100.1.25", "DC"));

    private OneLineName() {}

    /** In the order of the certificate, which is the reverse of what Java and LDAP print. */
    public static String of(X500Principal name) {
        StringBuilder line = new StringBuilder();
        ByteBuffer parts = content(ByteBuffer.wrap(name.getEncoded()));
        while (parts.hasRemaining()) {
            ByteBuffer together = content(parts);
            while (together.hasRemaining()) {
                ByteBuffer attribute = content(together);
                String number = number(content(attribute));
                line.append('/')
                        .append(SHORT_NAMES.getOrDefault(number, number))
                        .append('=');
                append(line, content(attribute));
            }
        }
        return line.toString();
    }

    /** What the next element in there is made of (X.690): behind its tag and its length. */
    private static ByteBuffer content(ByteBuffer in) {
        in.get();
        int length = in.get();
        if (length < 0) {
            int bytes = length & 0x7f;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | in.get() & 0xff;
            }
        }
        ByteBuffer content = in.slice(in.position(), length);
        in.position(in.position() + length);
        return content;
    }

    /** Seven bits a byte, the last of each number without the eighth; the first number holds two. */
    private static String number(ByteBuffer encoded) {
        StringBuilder text = new StringBuilder();
        BigInteger value = BigInteger.ZERO;
        while (encoded.hasRemaining()) {
            int bits = encoded.get();
            value = value.shiftLeft(7).or(BigInteger.valueOf(bits & 0x7f));
            if (bits >= 0) {
                if (text.length() == 0) {
                    int first = Math.min(value.intValue() / 40, 2);
                    text.append(first);
                    value = value.subtract(BigInteger.valueOf(40L * first));
                }
                text.append('.').append(value);
                value = BigInteger.ZERO;
            }
        }
        return text.toString();
    }

    private static void append(StringBuilder line, ByteBuffer value) {
        while (value.hasRemaining()) {
            int octet = value.get() & 0xff;
            if (octet < ' ' || octet > '~') {
                line.append(String.format("\\x%02X", octet));
            } else {
                line.append((char) octet);
            }
        }
    }
}
