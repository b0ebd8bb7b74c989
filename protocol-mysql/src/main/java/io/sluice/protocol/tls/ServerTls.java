// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Makes the TLS context that clients meet. Reads files and generates keys, so not on an event loop. */
public final class ServerTls {
    static final String CERTIFICATE_FILE = "server-cert.pem";
    static final String KEY_FILE = "server-key.pem";

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
            PrivateKey privateKey = PemFiles.readPrivateKey(key);
            requireThatTheyMatch(chain[0], privateKey, certificate, key);
            return context(new ServerIdentity(privateKey, chain));
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate in " + certificate + " is not valid: " + e.getMessage(), e);
        }
    }

    /**
     * Not by Netty's builder: that one first tries out what the platform does with a key store, which takes a quarter
     * of a second of a start. Clients are not asked for certificates, so the platform's authorities need not be read.
     */
    private static SslContext context(ServerIdentity identity) throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {identity}, new TrustManager[0], null);
        return new JdkSslContext(
                context,
                false,
                null, // the platform's ciphers
                IdentityCipherSuiteFilter.INSTANCE,
                null, // no ALPN
                ClientAuth.NONE,
                new String[] {"TLSv1.3", "TLSv1.2"},
                false);
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
            PemFiles.write(key, pems.key(), "rw-------");
            PemFiles.write(certificate, pems.certificate(), "rw-r--r--");
        } catch (GeneralSecurityException e) {
            throw new IOException("can not make a self-signed certificate: " + e.getMessage(), e);
        }
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
}
