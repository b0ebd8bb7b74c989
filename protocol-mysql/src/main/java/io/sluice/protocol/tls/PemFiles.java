// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Keys and certificates in PEM form (RFC 7468), as files and as text. Blocks: not on an event loop. */
public final class PemFiles {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (RSA )?PRIVATE KEY-----");

    private PemFiles() {}

    /** That content as the text of a file. */
    public static String text(String type, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }

    /**
     * Never shows half a file, nor a key to others for a moment.
     *
     * @param permissions as {@link PosixFilePermissions#fromString} takes them
     */
    public static void write(Path file, String text, String permissions) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
        Files.createFile(part, mode);
        Files.writeString(part, text, StandardCharsets.US_ASCII);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * All certificates of a file, in their order.
     *
     * @throws IOException if there is none; the message names the file and says why
     */
    public static X509Certificate[] readCertificates(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate[] all = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            if (all.length == 0) {
                throw new IOException("no certificate in " + file);
            }
            return all;
        } catch (GeneralSecurityException e) {
            throw new IOException("no PEM certificate in " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * An RSA, EC or Ed25519 key without a passphrase, in the form PKCS #8 or, RSA only, PKCS #1.
     *
     * @throws IOException if there is none; the message names the file and says why
     */
    public static PrivateKey readPrivateKey(Path file) throws IOException {
        Matcher pem = KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (!pem.find()) {
            throw new IOException("no PEM private key without a passphrase in " + file);
        }
        byte[] content;
        try {
            content = Base64.getMimeDecoder().decode(pem.group(2));
        } catch (IllegalArgumentException e) {
            throw new IOException("the private key in " + file + " is damaged: " + e.getMessage(), e);
        }
        PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(pem.group(1) == null ? content : wrapped(content));
        for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(spec);
            } catch (InvalidKeySpecException e) {
                // A key of another algorithm: the next one is tried.
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has " + algorithm, e);
            }
        }
        throw new IOException("the private key in " + file + " is neither RSA, EC nor Ed25519");
    }

    /** MySQL's own key files are in the bare form PKCS #1; Java wants it wrapped in PKCS #8. */
    private static byte[] wrapped(byte[] pkcs1) {
        return Der.element(
                Der.SEQUENCE, Der.integer(BigInteger.ZERO), Der.RSA_ENCRYPTION, Der.element(Der.OCTET_STRING, pkcs1));
    }
}
