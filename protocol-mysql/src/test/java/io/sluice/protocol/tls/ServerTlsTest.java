// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.ZonedDateTime;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
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
        ServerTls.selfSigned(directory, null);
        String made = Files.readString(certificate());
        ServerTls.selfSigned(directory, null);

        assertThat(Files.readString(certificate())).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key())))
                .isEqualTo("rw-------");
        assertThat(directory).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void the_certificate_is_well_formed_and_signed_by_itself() throws Exception {
        ServerTls.selfSigned(directory, null);
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

        assertThatThrownBy(() -> ServerTls.selfSigned(directory, null))
                .hasMessageContaining("not valid")
                .hasMessageContaining("delete")
                .hasMessageContaining(certificate().toString());
        assertThat(Files.readString(certificate())).isEqualTo(old.certificate());
    }

    @Test
    void an_unreadable_key_is_explained() throws Exception {
        ServerTls.selfSigned(directory, null);
        Files.writeString(key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> ServerTls.selfSigned(directory, null))
                .hasMessageContaining(key().toString())
                .hasMessageContaining("delete");
    }

    @Test
    void a_file_without_a_certificate_is_named() throws Exception {
        Files.writeString(certificate(), "nothing\n");
        assertThatThrownBy(() -> ServerTls.fromFiles(certificate(), key(), null))
                .hasMessageContaining(certificate().toString());
    }

    @Test
    void a_key_of_another_certificate_is_refused_at_start() throws Exception {
        ServerTls.selfSigned(directory, null);
        Files.writeString(key(), SelfSigned.generate(ZonedDateTime.now()).key());
        assertThatThrownBy(() -> ServerTls.fromFiles(certificate(), key(), null))
                .hasMessageContaining(key().toString())
                .hasMessageContaining("is not that of the certificate");
    }

    @Test
    void the_context_shows_its_certificate() throws Exception {
        SslContext server = ServerTls.selfSigned(directory, null);
        assertThat(handshake(server, client().build()).getLocalCertificates()).isNull();
    }

    @Test
    void a_client_may_show_a_certificate_if_it_is_asked_for_one() throws Exception {
        Path file = directory.resolve("client.pem");
        Path keyFile = directory.resolve("client.key");
        SelfSigned.Pems shown = SelfSigned.generate(ZonedDateTime.now());
        Files.writeString(file, shown.certificate());
        Files.writeString(keyFile, shown.key());
        SslContext server = ServerTls.selfSigned(directory, file);
        SslContext other = ServerTls.selfSigned(directory, certificate());

        SslContextBuilder with = client().keyManager(file.toFile(), keyFile.toFile());
        assertThat(handshake(server, with.build()).getLocalCertificates()).hasSize(1);
        assertThat(handshake(server, client().build()).getLocalCertificates()).isNull();
        assertThatThrownBy(() -> handshake(other, with.build())).isInstanceOf(SSLException.class);
    }

    @Test
    void shows_and_accepts_the_certificate_that_is_configured_for_servers() throws Exception {
        Path file = directory.resolve("client.pem");
        Path keyFile = directory.resolve("client.key");
        SelfSigned.Pems shown = SelfSigned.generate(ZonedDateTime.now());
        Files.writeString(file, shown.certificate());
        Files.writeString(keyFile, shown.key());
        SslContext server = ServerTls.selfSigned(directory, file);
        BackendTls backend = BackendTls.of(BackendTls.Mode.VERIFY_IDENTITY, certificate(), file, keyFile);

        SSLSession session = handshake(server, backend.newHandler(ByteBufAllocator.DEFAULT, "localhost", 3306));
        assertThat(session.getLocalCertificates()).hasSize(1);
        assertThatThrownBy(() -> BackendTls.of(BackendTls.Mode.PREFERRED, null, file, key()))
                .hasMessageContaining("is not that of the certificate in " + file);
    }

    @Test
    void a_file_without_authorities_is_named() throws Exception {
        Path none = Files.writeString(directory.resolve("none.pem"), "");
        assertThatThrownBy(() -> ServerTls.selfSigned(directory, none))
                .hasMessageContaining(none.toString())
                .hasMessageNotContaining("delete");
    }

    private SslContextBuilder client() {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.2") // whose client knows at the end what became of its certificate
                .trustManager(certificate().toFile())
                .endpointIdentificationAlgorithm("HTTPS");
    }

    /** The client's session. */
    private static SSLSession handshake(SslContext server, SslContext client) throws SSLException {
        return handshake(server, client.newHandler(ByteBufAllocator.DEFAULT, "localhost", 3306));
    }

    private static SSLSession handshake(SslContext server, SslHandler handler) throws SSLException {
        EmbeddedChannel in = new EmbeddedChannel(server.newHandler(ByteBufAllocator.DEFAULT));
        EmbeddedChannel out = new EmbeddedChannel(handler);
        try {
            for (int turn = 0; turn < 20 && !handler.handshakeFuture().isDone(); turn++) {
                pass(out, in);
                pass(in, out);
            }
        } catch (DecoderException e) {
            throw (SSLException) e.getCause();
        } finally {
            release(in);
            release(out);
        }
        assertThat(handler.handshakeFuture().isSuccess()).isTrue();
        return handler.engine().getSession();
    }

    private static void release(EmbeddedChannel channel) {
        try {
            channel.finishAndReleaseAll();
        } catch (DecoderException alreadyThrown) {
            channel.releaseOutbound();
        }
    }

    private static void pass(EmbeddedChannel from, EmbeddedChannel to) {
        from.runPendingTasks();
        for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            to.writeInbound(bytes);
        }
    }
}
