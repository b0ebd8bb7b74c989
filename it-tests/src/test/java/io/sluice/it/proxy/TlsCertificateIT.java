// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.Certificates;
import io.sluice.drill.server.Certificates.Issued;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Certificates of clients: a server that knows their authority, and a Sluice that does. */
class TlsCertificateIT {
    /** What no letter stands for is escaped in a name, as servers have it. */
    private static final String SUBJECT = "/C=SE/O=Bl\\xC3\\xA5/CN=client";

    private static ReplicationTopology topology;
    private static SluiceProcess sluice;
    private static Issued client;
    private static Issued other;
    private static Issued foreign;

    @BeforeAll
    static void start() {
        Path home = Lab.newHome("certificates");
        Certificates ours = Certificates.of(home, "/O=Sluice tests/CN=authority");
        Issued server = ours.issue("server", "/CN=localhost");
        client = ours.issue("client", "/C=SE/O=Bl\u00e5/CN=client");
        other = ours.issue("other", "/CN=other");
        foreign = Certificates.of(home.resolve("foreign"), "/CN=elsewhere").issue("client", "/C=SE/CN=client");

        topology = Lab.newTopology("tls", 0);
        MysqldProcess source = topology.source();
        source.stop();
        source.start("--ssl-ca=" + ours.authority(), "--ssl-cert=" + server.certificate(), "--ssl-key=" + server.key());
        create("shown", "X509");
        create("named", "SUBJECT '" + SUBJECT.replace("\\", "\\\\") + "' AND ISSUER '" + ours.issuer() + "'");
        create("behind", "NONE");
        create("vouched", "X509");
        create("strict", "ISSUER '/CN=elsewhere'");
        // The monitor, too, has to show a certificate now.
        source.execute("ALTER USER monitor@'%' REQUIRE SUBJECT '/CN=sluice'");

        SluiceSettings settings = new SluiceSettings().server(source.address());
        settings.set("mysql.tls.client_ca", ours.authority());
        Issued own = ours.issue("sluice", "/CN=sluice");
        settings.set("backend.tls.certificate", own.certificate()).set("backend.tls.key", own.key());
        listed(settings, "shown", "require_tls", "x509");
        listed(settings, "named", "require_subject", SUBJECT, "require_issuer", ours.issuer());
        sluice = SluiceProcess.start(settings, Lab.newHome("sluice"));
    }

    private static void create(String user, String require) {
        topology.source()
                .execute(
                        "CREATE USER " + user + "@'%' IDENTIFIED BY 'password' REQUIRE " + require,
                        "GRANT ALL ON app.* TO " + user + "@'%'");
    }

    private static void listed(SluiceSettings settings, String name, String... keys) {
        Map<String, Object> all = new LinkedHashMap<>(
                Map.of("password", "password", "backend_user", "behind", "backend_password", "password"));
        for (int i = 0; i < keys.length; i += 2) {
            all.put(keys[i], keys[i + 1]);
        }
        settings.user(name, all);
    }

    @AfterAll
    static void stop() {
        sluice.close();
        topology.close();
    }

    private static List<Endpoint> endpoints() {
        return List.of(new Endpoint("direct", topology.source().port(), Lab.flavor()), Lab.of(sluice));
    }

    @Test
    void who_must_show_a_certificate_gets_in_with_any_that_the_authority_signed() {
        for (Endpoint endpoint : endpoints()) {
            assertThat(login(endpoint, "shown", client)).as(endpoint.name()).isZero();
            assertThat(login(endpoint, "shown", other)).as(endpoint.name()).isZero();
            assertThat(login(endpoint, "shown", null)).as(endpoint.name()).isEqualTo(1045);
        }
    }

    @Test
    void who_must_show_a_certain_certificate_gets_in_with_that_alone() {
        for (Endpoint endpoint : endpoints()) {
            assertThat(login(endpoint, "named", client)).as(endpoint.name()).isZero();
            assertThat(login(endpoint, "named", other)).as(endpoint.name()).isEqualTo(1045);
            assertThat(login(endpoint, "named", null)).as(endpoint.name()).isEqualTo(1045);
        }
    }

    /** Servers end the handshake; clients whom Sluice names its authorities do not even show such a one. */
    @Test
    void who_must_show_a_certificate_does_not_get_in_with_one_of_elsewhere() {
        for (Endpoint endpoint : endpoints()) {
            assertThat(login(endpoint, "shown", foreign)).as(endpoint.name()).isNotZero();
            assertThat(login(endpoint, "behind", null)).as(endpoint.name()).isZero();
        }
    }

    @Test
    void servers_are_shown_a_certificate_of_sluices_own() {
        assertThat(login(Lab.of(sluice), "vouched", null)).isZero();
        assertThat(login(Lab.of(sluice), "strict", client)).isEqualTo(1045);
    }

    @Test
    void accounts_that_want_a_certificate_are_named_in_the_log() {
        Await.until(
                "the log names them",
                Duration.ofSeconds(20),
                () -> sluice.log()
                        .contains("event=accounts_want_certificates users=\"monitor,named,shown,strict,vouched\""));
    }

    /** 0 if it succeeds, the server's error, or -1 if the connection broke without one. */
    private static int login(Endpoint endpoint, String user, Issued shown) {
        String[] tls = shown == null
                ? new String[] {"sslMode=REQUIRED"}
                : new String[] {
                    "sslMode=REQUIRED",
                    "clientCertificateKeyStoreUrl=" + shown.store().toUri(),
                    "clientCertificateKeyStoreType=PKCS12",
                    "clientCertificateKeyStorePassword=" + Certificates.STORE_PASSWORD
                };
        try (Connection connection = endpoint.connectAs(user, "password", "app", tls);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT 1")) {
            return rows.next() ? 0 : -1;
        } catch (SQLException e) {
            return e.getErrorCode() == 0 ? -1 : e.getErrorCode();
        }
    }
}
