// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** An authority of our own, and what it has signed, as files that openssl makes. */
public final class Certificates {
    /** Of key stores, which drivers read. */
    public static final String STORE_PASSWORD = "secret";

    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** Of a kind that all servers know; the TLS library of some builds of MySQL 8.0 has no elliptic curves. */
    private static final List<String> NEW_KEY = List.of("-newkey", "rsa:2048", "-nodes");

    private final Path home;
    private final String authority;

    /** One certificate and its key. */
    public record Issued(Path certificate, Path key, Path store) {}

    private Certificates(Path home, String authority) {
        this.home = home;
        this.authority = authority;
    }

    /**
     * Makes the authority, and what it signs, in that directory.
     *
     * @param subject of the authority, such as /O=Example/CN=authority
     */
    public static Certificates of(Path home, String subject) {
        Certificates made = new Certificates(Directories.create(home), subject);
        made.openssl(
                NEW_KEY, "req", "-x509", "-keyout", made.file("ca.key"), "-out", made.file("ca.pem"), "-subj", subject);
        return made;
    }

    public Path authority() {
        return home.resolve("ca.pem");
    }

    /** The authority's subject, as servers write it. */
    public String issuer() {
        return authority;
    }

    public Issued issue(String name, String subject) {
        String request = file(name + ".csr");
        Issued issued =
                new Issued(home.resolve(name + ".pem"), home.resolve(name + ".key"), home.resolve(name + ".p12"));
        String certificate = issued.certificate().toString();
        String key = issued.key().toString();
        openssl(NEW_KEY, "req", "-utf8", "-keyout", key, "-out", request, "-subj", subject);
        String[] ca = {"-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial"};
        openssl(List.of(ca), "x509", "-req", "-in", request, "-out", certificate, "-days", "2");
        openssl(
                List.of("-passout", "pass:" + STORE_PASSWORD),
                "pkcs12",
                "-export",
                "-in",
                certificate,
                "-inkey",
                key,
                "-out",
                issued.store().toString());
        return issued;
    }

    private String file(String name) {
        return home.resolve(name).toString();
    }

    private void openssl(List<String> more, String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        Collections.addAll(command, arguments);
        command.addAll(more);
        ChildProcess process = ChildProcess.start(command, home.resolve("openssl.log"));
        if (process.exitCode(LIMIT) != 0) {
            throw new ServerFailure(String.join(" ", command) + " failed:\n" + process.tail());
        }
    }
}
