// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.Capabilities;
import io.sluice.protocol.auth.AuthPlugin;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.tls.BackendTls;
import io.sluice.protocol.tls.BackendTls.Mode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Client and server roles against each other, in memory: plugins, TLS, passwords, chunk sizes. */
class LoginMatrixTest {
    private static Credentials known(String password) {
        return Credentials.ofPassword(Password.of(password));
    }

    private static Credentials judgedClear(String password) {
        byte[] expected = password.getBytes(StandardCharsets.UTF_8);
        return Credentials.ofVerifier(clear -> Arrays.equals(clear, expected));
    }

    private static Wire login(Credentials credentials, String given, boolean serverTls, Mode mode, int chunkBytes) {
        Accounts accounts = (user, address) -> user.equals("app") ? new Wire.User(credentials) : null;
        return new Wire(chunkBytes)
                .startServer(Wire.serverSettings(serverTls, false), accounts)
                .startClient(Wire.clientSettings("app", given, Wire.backendTls(mode)))
                .run();
    }

    @ParameterizedTest(name = "full={0} tls={1} mode={2} password={3} chunks={4}")
    @CsvSource({
        "false, true,  PREFERRED, secret, 65536",
        "false, true,  DISABLED,  secret, 65536",
        "false, false, PREFERRED, secret, 65536",
        "false, false, DISABLED,  '',     65536",
        "false, true,  REQUIRED,  '',     65536",
        "true,  true,  REQUIRED,  secret, 65536",
        "true,  true,  REQUIRED,  '',     65536",
        "true,  false, DISABLED,  secret, 65536",
        "true,  true,  DISABLED,  '',     65536",
        "true,  false, DISABLED,  pässwörd€, 1",
        "false, true,  REQUIRED,  secret, 1",
        "true,  true,  REQUIRED,  secret, 7",
        "false, false, DISABLED,  secret, 1",
    })
    void the_right_password_lets_in(boolean full, boolean serverTls, Mode mode, String password, int chunkBytes) {
        Credentials credentials = full ? judgedClear(password) : known(password);
        Wire wire = login(credentials, password, serverTls, mode, chunkBytes);
        try {
            assertThat(wire.onClient.clientFailure).isNull();
            HandshakeResult result = Objects.requireNonNull(wire.onClient.result);
            Login login = Objects.requireNonNull(wire.onServer.login);
            assertThat(result.connectionId()).isEqualTo(77);
            assertThat(result.serverVersion()).isEqualTo("9.7.4");
            assertThat(result.status()).isEqualTo(Wire.AUTOCOMMIT);
            assertThat(result.tls()).isEqualTo(serverTls && mode != Mode.DISABLED);
            assertThat(login.secure()).isEqualTo(result.tls());
            assertThat(login.schema()).isEqualTo("app");
            assertThat(login.collation()).isEqualTo(45);
            assertThat(login.capabilities()).isEqualTo(result.capabilities());
            assertThat(login.capabilities().shape()).isEqualTo(Wire.SHAPE);
            assertThat(login.capabilities().has(Capabilities.CLIENT_SESSION_TRACK))
                    .isTrue();
            assertThat(login.attributes()).containsEntry("program_name", "sluice");
            assertThat(wire.server.pipeline().get(ServerHandshakeHandler.class)).isNull();
            assertThat(wire.client.pipeline().get(ClientHandshakeHandler.class)).isNull();
        } finally {
            wire.close();
        }
    }

    @ParameterizedTest(name = "full={0} tls={1} mode={2} real={3} given={4}")
    @CsvSource({
        "false, true,  PREFERRED, secret, wrong, YES",
        "false, false, DISABLED,  secret, wrong, YES",
        "false, false, DISABLED,  secret, '',    NO",
        "false, false, DISABLED,  '',     wrong, YES",
        "true,  true,  REQUIRED,  secret, wrong, YES",
        "true,  false, DISABLED,  secret, wrong, YES",
        "true,  false, DISABLED,  secret, '',    NO",
    })
    void a_wrong_password_is_refused(
            boolean full, boolean serverTls, Mode mode, String real, String given, String shown) {
        Wire wire = login(full ? judgedClear(real) : known(real), given, serverTls, mode, 65536);
        try {
            HandshakeFailure failure = Objects.requireNonNull(wire.onClient.clientFailure);
            assertThat(failure.answered()).isTrue();
            assertThat(failure.error().code()).isEqualTo(1045);
            assertThat(failure.error().sqlState()).isEqualTo("28000");
            assertThat(failure.error().message())
                    .isEqualTo("Access denied for user 'app'@'localhost' (using password: " + shown + ")");
            assertThat(wire.onServer.refusal).isEqualTo(failure.error());
            assertThat(wire.onServer.login).isNull();
            assertThat(wire.server.isOpen()).isFalse();
            assertThat(wire.client.isOpen()).isFalse();
        } finally {
            wire.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, secret", "true, ''"})
    void who_greets_as_an_old_server_asks_for_a_native_password_where_it_can_check_it(boolean full, String password) {
        Wire wire = new Wire(65536)
                .startServer(
                        Wire.serverSettings("5.5.5-10.11.6-MariaDB", false, false),
                        (user, address) -> new Wire.User(full ? judgedClear(password) : known(password)))
                .startClient(Wire.clientSettings("app", password, BackendTls.DISABLED))
                .run();
        try {
            assertThat(wire.onServer.login).isNotNull();
        } finally {
            wire.close();
        }
    }

    @ParameterizedTest(name = "greeting={0} known={1} given={2}")
    @CsvSource({
        "9.7.4,                secret,   secret",
        "9.7.4,                outdated, secret",
        "5.5.5-10.11.6-MariaDB, secret,   secret",
        "5.5.5-10.11.6-MariaDB, outdated, secret",
    })
    void a_judge_has_the_last_word_where_the_known_password_does_not_fit(String greeting, String known, String given) {
        List<String> shown = new ArrayList<>();
        Credentials credentials = known(known).before(clear -> shown.add(new String(clear, StandardCharsets.UTF_8)));
        Wire wire = new Wire(65536)
                .startServer(Wire.serverSettings(greeting, false, false), (user, address) -> new Wire.User(credentials))
                .startClient(Wire.clientSettings("app", given, BackendTls.DISABLED))
                .run();
        try {
            assertThat(wire.onServer.login).isNotNull();
            assertThat(shown).isEqualTo(known.equals(given) ? List.of() : List.of(given));
        } finally {
            wire.close();
        }
    }

    @Test
    void a_native_proof_shows_what_another_native_proof_needs() {
        AtomicReference<Password> revealed = new AtomicReference<>();
        Credentials credentials = Credentials.ofNativeDigests(List.of(sha1OfSha1("other"), sha1OfSha1("secret")))
                .before(new Credentials.Judge() {
                    @Override
                    public boolean acceptsClear(byte[] password) {
                        return false;
                    }

                    @Override
                    public void revealed(Password sha1Only) {
                        revealed.set(sha1Only);
                    }
                });
        for (Password password : new Password[] {Password.of("secret"), null}) {
            Password given = password == null ? Objects.requireNonNull(revealed.get()) : password;
            assertThat(given.hasText()).isEqualTo(password != null);
            Wire wire = new Wire(65536)
                    .startServer(
                            Wire.serverSettings("5.5.5-10.11.6-MariaDB", false, false),
                            (user, address) -> new Wire.User(credentials))
                    .startClient(Wire.clientSettings("app", given, BackendTls.DISABLED))
                    .run();
            try {
                assertThat(wire.onServer.login).isNotNull();
            } finally {
                wire.close();
            }
        }
    }

    @Test
    void a_digest_alone_is_no_password_for_other_plugins() {
        Wire wire = new Wire(65536)
                .startServer(Wire.serverSettings(true, false), (user, address) -> new Wire.User(judgedClear("secret")))
                .startClient(Wire.clientSettings("app", Password.ofSha1(new byte[20]), Wire.backendTls(Mode.REQUIRED)))
                .run();
        try {
            HandshakeFailure failure = Objects.requireNonNull(wire.onClient.clientFailure);
            assertThat(failure.answered()).isTrue();
            assertThat(failure.error().message()).contains("only a digest is known");
        } finally {
            wire.close();
        }
    }

    private static byte[] sha1OfSha1(String password) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return sha1.digest(sha1.digest(password.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void an_old_server_offers_the_native_plugin_first() {
        assertThat(Wire.serverSettings("5.5.5-10.11.6-MariaDB", false, false).plugin())
                .isEqualTo(AuthPlugin.MYSQL_NATIVE_PASSWORD);
        assertThat(Wire.serverSettings("9.7.4", false, false).plugin()).isEqualTo(AuthPlugin.CACHING_SHA2_PASSWORD);
    }

    @Test
    void an_unknown_user_meets_the_same_refusal() {
        Wire wire = new Wire(65536)
                .startServer(Wire.serverSettings(false, false), (user, address) -> null)
                .startClient(Wire.clientSettings("nobody", "x", BackendTls.DISABLED))
                .run();
        try {
            assertThat(Objects.requireNonNull(wire.onClient.clientFailure)
                            .error()
                            .message())
                    .isEqualTo("Access denied for user 'nobody'@'localhost' (using password: YES)");
        } finally {
            wire.close();
        }
    }

    @Test
    void a_public_key_is_not_trusted_where_tls_was_merely_missing() {
        Wire wire = login(judgedClear("secret"), "secret", false, Mode.PREFERRED, 65536);
        try {
            HandshakeFailure failure = Objects.requireNonNull(wire.onClient.clientFailure);
            assertThat(failure.answered()).isTrue();
            assertThat(failure.error().message()).contains("TLS mode to disabled");
        } finally {
            wire.close();
        }
    }

    @Test
    void required_tls_fails_on_a_server_without_it() {
        Wire wire = login(known("secret"), "secret", false, Mode.REQUIRED, 65536);
        try {
            assertThat(Objects.requireNonNull(wire.onClient.clientFailure)
                            .error()
                            .code())
                    .isEqualTo(2026);
        } finally {
            wire.close();
        }
    }

    @Test
    void an_unverifiable_certificate_is_refused_before_the_password_is_sent() {
        Wire wire = login(judgedClear("secret"), "secret", true, Mode.VERIFY_CA, 65536);
        try {
            HandshakeFailure failure = Objects.requireNonNull(wire.onClient.clientFailure);
            assertThat(failure.error().code()).isEqualTo(2026);
            assertThat(wire.onClient.calls).isEqualTo(1);
            assertThat(wire.onServer.login).isNull();
        } finally {
            wire.close();
        }
    }

    @Test
    void a_client_without_tls_is_told_when_tls_is_required() {
        Wire wire = new Wire(65536)
                .startServer(Wire.serverSettings(true, true), (user, address) -> new Wire.User(known("secret")))
                .startClient(Wire.clientSettings("app", "secret", BackendTls.DISABLED))
                .run();
        try {
            assertThat(Objects.requireNonNull(wire.onClient.clientFailure)
                            .error()
                            .code())
                    .isEqualTo(3159);
        } finally {
            wire.close();
        }
    }
}
