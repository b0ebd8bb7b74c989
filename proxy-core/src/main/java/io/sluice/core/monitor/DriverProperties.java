// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.config.BackendSettings.Tls;
import io.sluice.core.config.MonitorSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Properties;

/** The driver's settings for probing. */
final class DriverProperties {

    /** The driver wants one; what it protects are public certificates in a file that lives as long as the process. */
    private static final String TRUST_STORE_PASSWORD = "sluice";

    private DriverProperties() {}

    static Properties of(MonitorSettings settings, Tls tls) {
        String timeout = Long.toString(settings.timeout().toMillis());
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password().reveal());
        properties.setProperty("connectTimeout", timeout);
        properties.setProperty("socketTimeout", timeout);
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("allowMultiQueries", "true");
        properties.setProperty("enableQueryTimeouts", "false");
        properties.setProperty("connectionAttributes", "program_name:sluice-monitor");
        properties.setProperty("sslMode", tls.mode().name());
        Path ca = tls.ca();
        if (ca != null) {
            properties.setProperty(
                    "trustCertificateKeyStoreUrl", trustStore(ca).toUri().toString());
            properties.setProperty("trustCertificateKeyStoreType", "PKCS12");
            properties.setProperty("trustCertificateKeyStorePassword", TRUST_STORE_PASSWORD);
        }
        return properties;
    }

    /** The driver reads key stores and no PEM. */
    private static Path trustStore(Path ca) {
        try (InputStream pem = Files.newInputStream(ca)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            Path file = Files.createTempFile("sluice-monitor-ca", ".p12");
            file.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(file)) {
                store.store(out, TRUST_STORE_PASSWORD.toCharArray());
            }
            return file;
        } catch (IOException unreadable) {
            throw new UncheckedIOException("backend.tls.ca: cannot read " + ca, unreadable);
        } catch (GeneralSecurityException invalid) {
            throw new IllegalArgumentException("backend.tls.ca: no certificates in " + ca, invalid);
        }
    }
}
