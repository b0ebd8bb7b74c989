// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes the TLS context that clients meet. Reads files and generates keys, so not on an event loop. */
public final class ServerTls {
    static final String CERTIFICATE_FILE = "server-cert.pem";
    static final String KEY_FILE = "server-key.pem";

    private ServerTls() {}

    /**
     * From a PEM certificate, with the rest of its chain after it, and its PEM key without a passphrase.
     *
     * @param clientAuthorities PEM file; clients may show certificates that come from these, and no others. Null: they
     *     are not asked for any.
     * @throws IOException if they can not be used; the message says which file and why
     */
    public static SslContext fromFiles(Path certificate, Path key, @Nullable Path clientAuthorities)
            throws IOException {
        return context(TlsIdentity.read(certificate, key), clientAuthorities);
    }

    /**
     * Not by Netty's builder: that one first tries out what the platform does with a key store, which takes a quarter
     * of a second of a start. Where clients are not asked for certificates, the platform's authorities need not be read.
     */
    private static SslContext context(TlsIdentity identity, @Nullable Path clientAuthorities) throws IOException {
        boolean asks = clientAuthorities != null;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trusted = clientAuthorities == null ? new TrustManager[0] : trusting(clientAuthorities);
            context.init(new KeyManager[] {identity}, trusted, null);
            return new JdkSslContext(
                    context,
                    false,
                    null, // the platform's ciphers
                    IdentityCipherSuiteFilter.INSTANCE,
                    null, // no ALPN
                    asks ? ClientAuth.OPTIONAL : ClientAuth.NONE,
                    new String[] {"TLSv1.3", "TLSv1.2"},
                    false);
        } catch (GeneralSecurityException e) {
            throw new IOException("TLS for clients can not be set up: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trusting(Path authorities) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate authority : PemFiles.readCertificates(authorities)) {
            store.setCertificateEntry("authority " + store.size(), authority);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /**
     * From a self-signed certificate kept in that directory, made there if there is none. One that can not be used any
     * more is never replaced, since clients may know it by heart: the message says what to do.
     *
     * @param clientAuthorities as for {@link #fromFiles}
     */
    public static SslContext selfSigned(Path directory, @Nullable Path clientAuthorities) throws IOException {
        Path certificate = directory.resolve(CERTIFICATE_FILE);
        Path key = directory.resolve(KEY_FILE);
        if (Files.notExists(certificate)) {
            generate(certificate, key);
        }
        TlsIdentity identity;
        try {
            identity = TlsIdentity.read(certificate, key);
        } catch (IOException e) {
            throw new IOException(
                    e.getMessage() + "; delete " + certificate + " and " + key
                            + " to have new ones made at the next start, or configure a certificate",
                    e);
        }
        return context(identity, clientAuthorities);
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
}
