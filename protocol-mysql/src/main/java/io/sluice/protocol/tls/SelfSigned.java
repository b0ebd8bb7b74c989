// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.ZonedDateTime;

/**
 * A certificate signed with its own key (RFC 5280), so that TLS works before anybody has thought of certificates. The
 * Java platform has no public call that makes one, and the hundred lines here and in {@link Der} are less of a burden
 * than a cryptographic library.
 */
final class SelfSigned {
    /** Made in milliseconds, and a handshake costs the server a tenth of what RSA does. */
    private static final String CURVE = "secp256r1";

    private static final int VALID_YEARS = 10;

    private SelfSigned() {}

    /** Both in PEM form. */
    record Pems(String certificate, String key) {}

    static Pems generate(ZonedDateTime now) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(CURVE));
        KeyPair pair = generator.generateKeyPair();
        byte[] content = toBeSigned(pair, now);
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(pair.getPrivate());
        signature.update(content);
        byte[] certificate = Der.element(Der.SEQUENCE, content, Der.SHA256_WITH_ECDSA, Der.bitString(signature.sign()));
        return new Pems(
                PemFiles.text("CERTIFICATE", certificate),
                PemFiles.text("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    private static byte[] toBeSigned(KeyPair pair, ZonedDateTime now) {
        byte[] version3 = Der.element(0xa0, Der.integer(BigInteger.TWO));
        byte[] commonName = Der.element(Der.SEQUENCE, Der.oid(85, 4, 3), Der.utf8("Sluice, self-signed"));
        byte[] name = Der.element(Der.SEQUENCE, Der.element(Der.SET, commonName));
        // From yesterday on, since clients' clocks differ.
        byte[] validity =
                Der.element(Der.SEQUENCE, Der.utcTime(now.minusDays(1)), Der.utcTime(now.plusYears(VALID_YEARS)));
        return Der.element(
                Der.SEQUENCE,
                version3,
                Der.integer(new BigInteger(63, new SecureRandom()).add(BigInteger.ONE)),
                Der.SHA256_WITH_ECDSA,
                name,
                validity,
                name,
                pair.getPublic().getEncoded(),
                extensions());
    }

    private static byte[] extensions() {
        // basicConstraints, critical: an authority, so that clients can name the certificate itself as the trusted one.
        byte[] authority = Der.element(
                Der.SEQUENCE,
                Der.oid(85, 29, 19),
                Der.yes(),
                Der.element(Der.OCTET_STRING, Der.element(Der.SEQUENCE, Der.yes())));
        // subjectAltName: the DNS name localhost and the address 127.0.0.1; other names call for a real certificate.
        byte[] names = Der.element(
                Der.SEQUENCE,
                Der.element(0x82, "localhost".getBytes(StandardCharsets.US_ASCII)),
                Der.element(0x87, Der.bytes(127, 0, 0, 1)));
        byte[] alternatives = Der.element(Der.SEQUENCE, Der.oid(85, 29, 17), Der.element(Der.OCTET_STRING, names));
        return Der.element(0xa3, Der.element(Der.SEQUENCE, authority, alternatives));
    }
}
