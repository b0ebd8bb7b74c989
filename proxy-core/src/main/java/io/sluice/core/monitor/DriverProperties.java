// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import com.mysql.cj.jdbc.Driver;
import io.sluice.core.config.BackendSettings.Tls;
import io.sluice.core.config.MonitorSettings;
import io.sluice.protocol.tls.PemFiles;
import io.sluice.routing.topology.BackendAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/** The driver's settings for what the monitor's account does, and its login with them. */
public final class DriverProperties {

    private static final String STORE_TYPE = "PKCS12";

    /** The driver wants one. What a process that was killed leaves behind cannot be read with that of the next. */
    private static final String STORE_PASSWORD = new BigInteger(128, new SecureRandom()).toString(36);

    private DriverProperties() {}

    /** With the monitor's timeout for connecting and for every answer. */
    public static Properties of(MonitorSettings settings, Tls tls) {
        return of(settings, tls, settings.timeout());
    }

    /** With limits that are a little shorter: before the monitor gives up, the driver shall say what it waited for. */
    static Properties ofProbe(MonitorSettings settings, Tls tls) {
        return of(settings, tls, ofProbe(settings.timeout()));
    }

    /** Puts the limits of other settings in, for connections that are opened from now on. Any thread. */
    static void limitProbe(Properties properties, MonitorSettings settings) {
        limit(properties, ofProbe(settings.timeout()));
    }

    private static Duration ofProbe(Duration timeout) {
        return timeout.multipliedBy(9).dividedBy(10);
    }

    private static void limit(Properties properties, Duration limit) {
        String millis = Long.toString(limit.toMillis());
        properties.setProperty("connectTimeout", millis);
        properties.setProperty("socketTimeout", millis);
    }

    /** Logs in at a server; waits no longer than the properties say. */
    public static Connection connect(BackendAddress server, Properties properties) throws SQLException {
        String url = "jdbc:mysql://address=(host=" + server.host() + ")(port=" + server.port() + ")/";
        Connection opened = new Driver().connect(url, properties);
        if (opened == null) {
            throw new SQLException("the driver does not take " + url);
        }
        return opened;
    }

    private static Properties of(MonitorSettings settings, Tls tls, Duration limit) {
        Properties properties = new Properties();
        limit(properties, limit);
        properties.setProperty("user", settings.user());
        properties.setProperty("password", settings.password().reveal());
        properties.setProperty("allowPublicKeyRetrieval", "true");
        properties.setProperty("allowMultiQueries", "true");
        properties.setProperty("enableQueryTimeouts", "false");
        properties.setProperty("connectionAttributes", "program_name:sluice-monitor");
        properties.setProperty("sslMode", tls.mode().name());
        Path ca = tls.ca();
        if (ca != null) {
            use(properties, "trustCertificateKeyStore", authorities(ca));
        }
        Path certificate = tls.certificate();
        Path key = tls.key();
        if (certificate != null && key != null) {
            use(properties, "clientCertificateKeyStore", identity(certificate, key));
        }
        return properties;
    }

    private static void use(Properties properties, String property, Path store) {
        properties.setProperty(property + "Url", store.toUri().toString());
        properties.setProperty(property + "Type", STORE_TYPE);
        properties.setProperty(property + "Password", STORE_PASSWORD);
    }

    private static Path authorities(Path ca) {
        return store("backend.tls.ca", store -> {
            for (X509Certificate certificate : PemFiles.readCertificates(ca)) {
                store.setCertificateEntry("ca" + store.size(), certificate);
            }
        });
    }

    private static Path identity(Path certificate, Path key) {
        return store(
                "backend.tls.certificate",
                store -> store.setKeyEntry(
                        "identity",
                        PemFiles.readPrivateKey(key),
                        STORE_PASSWORD.toCharArray(),
                        PemFiles.readCertificates(certificate)));
    }

    private interface Content {
        void putInto(KeyStore store) throws IOException, GeneralSecurityException;
    }

    /** The driver reads key stores and no PEM. Nobody else may read the file, which is removed at the end. */
    private static Path store(String configured, Content content) {
        try {
            KeyStore store = KeyStore.getInstance(STORE_TYPE);
            store.load(null, null);
            content.putInto(store);
            Path file = Files.createTempFile("sluice-monitor", ".p12");
            file.toFile().deleteOnExit();
            try (OutputStream out = Files.newOutputStream(file)) {
                store.store(out, STORE_PASSWORD.toCharArray());
            }
            return file;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(configured + ": " + unreadable.getMessage(), unreadable);
        } catch (GeneralSecurityException invalid) {
            throw new IllegalArgumentException(configured + ": " + invalid.getMessage(), invalid);
        }
    }
}
