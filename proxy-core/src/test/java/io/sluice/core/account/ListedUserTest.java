// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.ClientProof;
import io.sluice.core.config.HostPattern;
import io.sluice.core.config.Secret;
import io.sluice.core.config.TlsRequirement;
import io.sluice.core.config.UserSettings;
import io.sluice.core.config.UserSettings.Passwords;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.auth.PasswordHash;
import io.sluice.routing.topology.BackendAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ListedUserTest {
    private static final BackendAddress SERVER = new BackendAddress("db1", 3306);
    private static final PasswordHash OF_PASSWORD =
            PasswordHash.parse("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19").orElseThrow();
    private static final PasswordHash OF_FIRST = PasswordHash.parse(
                    "0x244124303041241B6F654C4A1F59610D55424A683B0F476E1363216E6A326F46333052"
                            + "2F5349737A755A3836756156565174362F466A5265525464426F4757306F4A2F6C7532")
            .orElseThrow();

    private final ServerLogin nobody = (user, password, first, answer) -> {
        throw new AssertionError("no server is to be asked");
    };

    @Test
    void whose_password_is_known_needs_no_decision() {
        ListedUser user = new ListedUser(
                settings(new ClientProof(new Passwords(new Secret("one"), new Secret("two")), List.of()), null));
        assertThat(user.begin()).isSameAs(user.account());
        BackendAccount backend = user.account().backend();
        assertThat(backend.user()).isEqualTo("behind");
        assertThat(backend.insteadOf(backend.password(), 1045)).isNotNull();
    }

    @Test
    void with_a_hash_is_let_in_with_its_password_only() {
        ListedUser user = hashed(OF_FIRST);
        assertThat(show(user, "wrong")).isSameAs(Verdict.WRONG_PASSWORD);
        assertThat(user.account().backend().password().isUnknown()).isTrue();
        assertThat(show(user, "first").account()).isSameAs(user.account());
        assertThat(user.account().backend().password().sameAs(Password.of("first")))
                .isTrue();
        assertThat(show(user, "wrong")).isSameAs(Verdict.WRONG_PASSWORD);
    }

    @Test
    void an_empty_password_fits_no_hash() {
        Credentials.Judge attempt = (Credentials.Judge) hashed(OF_FIRST).begin();
        assertThat(attempt.acceptsClear(new byte[0])).isFalse();
    }

    @Test
    void servers_get_whichever_of_two_passwords_clients_have_shown() {
        ListedUser user = hashed(OF_PASSWORD, OF_FIRST);
        BackendAccount backend = user.account().backend();
        show(user, "first");
        Password old = backend.passwordFor(SERVER);
        assertThat(old.sameAs(Password.of("first"))).isTrue();
        assertThat(backend.insteadOf(old, 1045)).isNull();
        show(user, "password");
        assertThat(backend.passwordFor(SERVER).sameAs(Password.of("password"))).isTrue();
        assertThat(backend.insteadOf(backend.passwordFor(SERVER), 1045)).isSameAs(old);
    }

    @Test
    void a_digest_that_was_shown_first_gives_way_to_the_password() {
        ListedUser user = hashed(OF_PASSWORD);
        Password password = Password.of("password");
        user.learnDigest(Password.ofSha1(sha1("password")));
        assertThat(user.account().backend().password().sameAs(password)).isTrue();
        assertThat(user.account().backend().password().hasText()).isFalse();
        show(user, "password");
        assertThat(user.account().backend().password().hasText()).isTrue();
    }

    @Test
    void servers_get_the_backend_password_if_there_is_one() {
        ListedUser user = new ListedUser(
                settings(new ClientProof(null, List.of(OF_FIRST)), new Passwords(new Secret("x"), null)));
        show(user, "first");
        assertThat(user.account().backend().password().sameAs(Password.of("x"))).isTrue();
    }

    @Test
    void a_wrong_proof_leads_to_the_full_exchange_only_where_that_may_help() {
        assertThat(hashed(OF_PASSWORD).begin().credentials().isOpen()).isFalse();
        assertThat(hashed(OF_PASSWORD, OF_FIRST).begin().credentials().isOpen()).isTrue();
    }

    @Test
    void is_found_from_where_clients_may_come_only() {
        UserSettings.Access localhost = new UserSettings.Access(
                new TlsRequirement(TlsRequirement.Level.TRUE, "", ""),
                List.of(
                        HostPattern.parse("10.0.0.0/8").orElseThrow(),
                        HostPattern.parse("::1").orElseThrow()));
        UserSettings user = new UserSettings(
                "front",
                new ClientProof(new Passwords(new Secret("one"), null), List.of()),
                "front",
                null,
                0,
                "",
                localhost);
        AccountBook book = new AccountBook(List.of(user), null, client -> null);
        ProxyAccount account = (ProxyAccount) book.find("front", new InetSocketAddress("10.1.2.3", 1));
        assertThat(account).isNotNull();
        assertThat(book.find("front", new InetSocketAddress("::1", 1))).isSameAs(account);
        assertThat(book.find("front", new InetSocketAddress("192.0.2.1", 1))).isNull();
        assertThat(account.tls().isMetBy(false, null)).isFalse();
        assertThat(account.tls().isMetBy(true, null)).isTrue();
    }

    private static ListedUser hashed(PasswordHash... hashes) {
        return new ListedUser(settings(new ClientProof(null, List.of(hashes)), null));
    }

    private static UserSettings settings(ClientProof proof, @Nullable Passwords behind) {
        return new UserSettings("front", proof, "behind", behind, 0, "", UserSettings.Access.ANY);
    }

    private static byte[] sha1(String text) {
        try {
            return MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** The full exchange. */
    private Verdict show(ListedUser user, String password) {
        LoginAttempt attempt = (LoginAttempt) user.begin();
        ((Credentials.Judge) attempt).acceptsClear(password.getBytes(StandardCharsets.UTF_8));
        return attempt.decide(nobody).join();
    }
}
