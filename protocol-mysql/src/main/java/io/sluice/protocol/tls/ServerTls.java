// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
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
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes the TLS context that clients meet. Reads files and generates keys, so not on an event loop. */
public final class ServerTls {
    static final String CERTIFICATE_FILE = "server-cert.pem";
    static final String KEY_FILE = "server-key.pem";

    private static final Pattern KEY =
            Pattern.compile("-----BEGIN (RSA )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END (RSA )?PRIVATE KEY-----");

    private ServerTls() {}

    /**
     * From a PEM certificate, with the rest of its chain after it, and its PEM key without a passphrase.
     *
     * @throws IOException if they can not be used; the message says which file and why
     */
    public static SslContext fromFiles(Path certificate, Path key) throws IOException {
        X509Certificate[] chain = readChain(certificate);
        try {
            chain[0].checkValidity();
            PrivateKey privateKey = readKey(key);
            requireThatTheyMatch(chain[0], privateKey, certificate, key);
            // Clients are not asked for certificates, so the platform's authorities need not be read.
            return SslContextBuilder.forServer(new ServerIdentity(privateKey, chain))
                    .trustManager(new X509Certificate[0])
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate in " + certificate + " is not valid: " + e.getMessage(), e);
        }
    }

    /**
     * From a self-signed certificate kept in that directory, made there if there is none. One that can not be used any
     * more is never replaced, since clients may know it by heart: the message says what to do.
     */
    public static SslContext selfSigned(Path directory) throws IOException {
        Path certificate = directory.resolve(CERTIFICATE_FILE);
        Path key = directory.resolve(KEY_FILE);
        if (Files.notExists(certificate)) {
            generate(certificate, key);
        }
        try {
            return fromFiles(certificate, key);
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + "; delete " + certificate + " and " + key
                            + " to have new ones made at the next start, or configure a certificate",
                    e);
        }
    }

    /** The certificate last: as long as it is missing, the key counts for nothing. */
    private static void generate(Path certificate, Path key) throws IOException {
        try {
            SelfSigned.Pems pems = SelfSigned.generate(ZonedDateTime.now(ZoneOffset.UTC));
            Files.createDirectories(certificate.toAbsolutePath().getParent());
            write(key, pems.key(), "rw-------");
            write(certificate, pems.certificate(), "rw-r--r--");
        } catch (GeneralSecurityException e) {
            throw new IOException("can not make a self-signed certificate: " + e.getMessage(), e);
        }
    }

    /** Never shows half a file, nor the key to others for a moment. */
    private static void write(Path file, String text, String permissions) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        FileAttribute<?> mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
        Files.createFile(part, mode);
        Files.writeString(part, text, StandardCharsets.US_ASCII);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static X509Certificate[] readChain(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            X509Certificate[] chain = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            if (chain.length == 0) {
                throw new IOException("no certificate in " + file);
            }
            return chain;
        } catch (GeneralSecurityException e) {
            throw new IOException("no PEM certificate in " + file + ": " + e.getMessage(), e);
        }
    }

    /** Else every client would meet a handshake that fails for no reason it can name. */
    private static void requireThatTheyMatch(
            X509Certificate certificate, PrivateKey key, Path certificateFile, Path keyFile)
            throws GeneralSecurityException, IOException {
        String algorithm = key.getAlgorithm();
        boolean match = algorithm.equals(certificate.getPublicKey().getAlgorithm());
        if (match) {
            byte[] sample = certificate.getSignature();
            Signature signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> "Ed25519";
                    });
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(sample);
            match = signature.verify(signed);
        }
        if (!match) {
            throw new IOException("the key in " + keyFile + " is not that of the certificate in " + certificateFile);
        }
    }

    private static PrivateKey readKey(Path file) throws IOException {
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
