// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.protocol.tls.OneLineName;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a user's clients have to show of TLS, in the words of CREATE USER ... REQUIRE.
 *
 * @param subject of the client's certificate, as servers write it; empty for any
 * @param issuer likewise
 */
public record TlsRequirement(Level level, String subject, String issuer) {
    public static final TlsRequirement NONE = new TlsRequirement(Level.FALSE, "", "");

    /** Each includes those before it. */
    public enum Level implements Keyword {
        FALSE,
        /** Nobody can listen in: TLS, or the Unix socket. */
        TRUE,
        /** TLS with a certificate from one of the authorities in mysql.tls.client_ca. */
        X509;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static TlsRequirement read(Section section, MysqlSettings mysql) {
        Level level = section.get(Key.choice(
                "require_tls",
                Level.FALSE,
                Level.class,
                "Whether this user must use TLS, or the Unix socket; x509: TLS with a client certificate."));
        String subject = section.get(name("require_subject", "The subject that the client's certificate must have."));
        String issuer = section.get(name("require_issuer", "The issuer that the client's certificate must have."));
        boolean named = !subject.isEmpty() || !issuer.isEmpty();
        TlsRequirement required = new TlsRequirement(named ? Level.X509 : level, subject, issuer);
        String key = level != Level.FALSE ? "require_tls" : subject.isEmpty() ? "require_issuer" : "require_subject";
        if (required.level == Level.X509 && mysql.tls().clientCa() == null) {
            section.problem(
                    key,
                    "wants a client certificate without mysql.tls.client_ca, so nobody could log in",
                    "name the file with the authorities of clients' certificates in mysql.tls.client_ca");
        } else if (required.level == Level.TRUE
                && mysql.tls().mode() == MysqlSettings.TlsMode.DISABLED
                && mysql.socket() == null) {
            section.problem(
                    key,
                    "is true while mysql.tls.mode is disabled, so nobody could log in",
                    "set mysql.tls.mode to preferred");
        }
        return required;
    }

    private static Key<String> name(String key, String meaning) {
        return new Key<>(
                key,
                "",
                "\"\"",
                "a name such as /C=SE/O=Example/CN=app",
                meaning,
                text -> Optional.of(text).filter(Predicate.not(TlsRequirement::isMisspelt)),
                text -> "write it as openssl x509 -noout -subject -issuer -nameopt compat prints it, from / on");
    }

    private static boolean isMisspelt(String name) {
        return !name.isEmpty() && !name.startsWith("/");
    }

    /**
     * Whether a client may come in.
     *
     * @param secure whether nobody can listen in
     * @param certificate the client's, from an authority that is trusted; null for none
     */
    public boolean isMetBy(boolean secure, @Nullable X509Certificate certificate) {
        return switch (level) {
            case FALSE -> true;
            case TRUE -> secure;
            case X509 ->
                certificate != null
                        && (subject.isEmpty() || subject.equals(OneLineName.of(certificate.getSubjectX500Principal())))
                        && (issuer.isEmpty() || issuer.equals(OneLineName.of(certificate.getIssuerX500Principal())));
        };
    }
}
