// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.ZonedDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTlsTest {
    @TempDir
    Path directory;

    private Path certificate() {
        return directory.resolve(ServerTls.CERTIFICATE_FILE);
    }

    private Path key() {
        return directory.resolve(ServerTls.KEY_FILE);
    }

    @Test
    void makes_a_certificate_once_and_keeps_it() throws Exception {
        ServerTls.selfSigned(directory);
        String made = Files.readString(certificate());
        ServerTls.selfSigned(directory);

        assertThat(Files.readString(certificate())).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key())))
                .isEqualTo("rw-------");
        assertThat(directory).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void the_certificate_is_well_formed_and_signed_by_itself() throws Exception {
        ServerTls.selfSigned(directory);
        try (InputStream in = Files.newInputStream(certificate())) {
            X509Certificate made =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
            made.verify(made.getPublicKey());
            made.checkValidity();
            assertThat(made.getVersion()).isEqualTo(3);
            assertThat(made.getBasicConstraints()).isGreaterThanOrEqualTo(0);
            assertThat(made.getSubjectX500Principal().getName()).contains("Sluice");
            assertThat(made.getSubjectAlternativeNames())
                    .containsExactlyInAnyOrder(List.of(2, "localhost"), List.of(7, "127.0.0.1"));
        }
    }

    @Test
    void an_expired_certificate_is_not_replaced_but_explained() throws Exception {
        SelfSigned.Pems old = SelfSigned.generate(ZonedDateTime.now().minusYears(11));
        Files.writeString(certificate(), old.certificate());
        Files.writeString(key(), old.key());

        assertThatThrownBy(() -> ServerTls.selfSigned(directory))
                .hasMessageContaining("not valid")
                .hasMessageContaining("delete")
                .hasMessageContaining(certificate().toString());
        assertThat(Files.readString(certificate())).isEqualTo(old.certificate());
    }

    @Test
    void an_unreadable_key_is_explained() throws Exception {
        ServerTls.selfSigned(directory);
        Files.writeString(key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> ServerTls.selfSigned(directory))
                .hasMessageContaining(key().toString())
                .hasMessageContaining("delete");
    }

    @Test
    void a_file_without_a_certificate_is_named() throws Exception {
        Files.writeString(certificate(), "nothing\n");
        assertThatThrownBy(() -> ServerTls.fromFiles(certificate(), key()))
                .hasMessageContaining(certificate().toString());
    }
}
