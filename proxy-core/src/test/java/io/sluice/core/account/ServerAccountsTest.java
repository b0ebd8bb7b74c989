// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.AuthenticationSettings;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.Password;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class ServerAccountsTest {
    private static final SqlError DENIED = new SqlError(1045, "28000", "Access denied");
    private static final SqlError GONE = new SqlError(9503, "HY000", "no server");

    private long now;
    private final List<Consumer<ServerLogin.Result>> questions = new ArrayList<>();
    private final List<Password> asked = new ArrayList<>();
    private final ServerLogin server = (user, password, first, answer) -> {
        asked.add(password);
        questions.add(answer);
    };
    private final ServerAccounts accounts = new ServerAccounts(
            new AuthenticationSettings(
                    true,
                    true,
                    Duration.ofSeconds(1),
                    2,
                    Duration.ofHours(1),
                    new AuthenticationSettings.Guessing(0, Duration.ZERO, Duration.ofHours(1))),
            7,
            user -> List.of(),
            () -> now);

    @Test
    void a_server_judges_the_first_password() {
        CompletableFuture<Verdict> verdict = show("a", "secret");
        assertThat(verdict).isNotDone();
        letIn();
        ProxyAccount account = Objects.requireNonNull(verdict.join().account());
        assertThat(account.name()).isEqualTo("a");
        assertThat(account.maxClients()).isEqualTo(7);
        assertThat(account.password()).isSameAs(asked.get(0));
    }

    @Test
    void a_refusal_is_the_servers_and_teaches_nothing() {
        CompletableFuture<Verdict> verdict = show("a", "wrong");
        answer(new ServerLogin.Result(DENIED, true));
        assertThat(verdict.join()).isEqualTo(new Verdict(null, DENIED));
        assertThat(accounts.begin("a", null).known()).isNull();
    }

    @Test
    void with_an_expired_password_a_client_may_yet_be_let_in_to_change_it() {
        for (int code : new int[] {1862, 1820}) {
            SqlError error = new SqlError(code, "HY000", "Your password has expired");
            CompletableFuture<Verdict> verdict = show("a", "old");
            answer(new ServerLogin.Result(error, true));
            assertThat(verdict.join().account()).isNull();
            assertThat(verdict.join().error()).isEqualTo(error);
            BackendAccount expired = Objects.requireNonNull(verdict.join().expired());
            assertThat(expired.password().sameAs(Password.of("old"))).isTrue();
            assertThat(accounts.begin("a", null).known()).isNull();
        }
    }

    @Test
    void clients_that_show_the_same_password_meanwhile_share_one_question() {
        CompletableFuture<Verdict> one = show("a", "secret");
        CompletableFuture<Verdict> two = show("a", "secret");
        CompletableFuture<Verdict> other = show("a", "guess");
        assertThat(questions).hasSize(2);
        letIn();
        assertThat(two.join().account()).isSameAs(one.join().account());
        assertThat(other).isNotDone();
    }

    @Test
    void a_proof_holds_for_the_host_that_servers_see() throws UnknownHostException {
        InetAddress near = InetAddress.getByName("203.0.113.7");
        InetAddress far = InetAddress.getByName("198.51.100.9");
        ServerAccountLogin first = accounts.begin("a", near);
        first.acceptsClear("secret".getBytes(StandardCharsets.UTF_8));
        CompletableFuture<Verdict> verdict = accounts.decide(first, server);
        ServerAccountLogin other = accounts.begin("a", far);
        other.acceptsClear("secret".getBytes(StandardCharsets.UTF_8));
        assertThat(accounts.decide(other, server)).isNotDone();
        assertThat(questions).as("one for each host").hasSize(2);
        letIn();
        assertThat(accounts.begin("a", near).known()).isSameAs(verdict.join().account());
        assertThat(accounts.begin("a", far).known()).isNull();
        assertThat(accounts.begin("a", null).known()).isNull();
    }

    @Test
    void a_fresh_proof_is_enough_and_an_old_one_is_repeated() {
        ProxyAccount account = known("a", "secret");
        now += Duration.ofSeconds(1).toNanos();
        assertThat(fitting("a").join().account()).isSameAs(account);
        now++;
        CompletableFuture<Verdict> verdict = fitting("a");
        assertThat(verdict).isNotDone();
        letIn();
        assertThat(verdict.join().account()).isSameAs(account);
        assertThat(fitting("a")).isDone();
        assertThat(asked.get(1)).isNotSameAs(account.password());
    }

    @Test
    void a_client_that_shows_the_proven_password_needs_no_new_proof() {
        ProxyAccount account = known("a", "");
        assertThat(show("a", "").join().account()).isSameAs(account);
        assertThat(show("a", "guess")).isNotDone();
        now += Duration.ofSeconds(2).toNanos();
        assertThat(show("a", "")).isNotDone();
    }

    @Test
    void a_text_is_proven_though_its_digest_is_known() throws NoSuchAlgorithmException {
        byte[] text = "secret".getBytes(StandardCharsets.UTF_8);
        ServerAccountLogin login = accounts.begin("a", null);
        login.revealed(Password.ofSha1(MessageDigest.getInstance("SHA-1").digest(text)));
        accounts.decide(login, server);
        letIn();
        CompletableFuture<Verdict> verdict = show("a", "secret");
        assertThat(verdict).isNotDone();
        letIn();
        assertThat(Objects.requireNonNull(verdict.join().account()).password().hasText())
                .isTrue();
    }

    @Test
    void a_fresh_proof_is_not_enough_once_a_server_has_refused_a_connection() {
        ProxyAccount account = known("a", "secret");
        account.doubt();
        CompletableFuture<Verdict> verdict = fitting("a");
        assertThat(verdict).isNotDone();
        letIn();
        assertThat(verdict.join().account()).isSameAs(account);
        assertThat(fitting("a")).isDone();
    }

    @Test
    void an_account_that_the_server_refuses_now_is_forgotten_and_its_password_erased() {
        ProxyAccount account = known("a", "secret");
        now += Duration.ofSeconds(2).toNanos();
        CompletableFuture<Verdict> verdict = fitting("a");
        answer(new ServerLogin.Result(DENIED, true));
        assertThat(verdict.join().error()).isEqualTo(DENIED);
        assertThat(accounts.begin("a", null).known()).isNull();
        assertThat(account.password().isErased()).isTrue();
    }

    @Test
    void open_sessions_of_a_forgotten_account_keep_its_password_until_the_last_one_leaves() {
        ProxyAccount account = known("a", "secret");
        assertThat(account.enter()).isTrue();
        now += Duration.ofSeconds(2).toNanos();
        CompletableFuture<Verdict> verdict = fitting("a");
        answer(new ServerLogin.Result(DENIED, true));
        assertThat(verdict.join().account()).isNull();
        assertThat(account.password().isErased()).isFalse();
        account.leave();
        assertThat(account.password().isErased()).isTrue();
    }

    @Test
    void while_no_server_can_be_asked_the_last_proof_holds_but_no_other_password() {
        ProxyAccount account = known("a", "secret");
        now += Duration.ofSeconds(2).toNanos();
        CompletableFuture<Verdict> verdict = fitting("a");
        answer(new ServerLogin.Result(GONE, false));
        assertThat(verdict.join().account()).isSameAs(account);
        CompletableFuture<Verdict> other = show("a", "other");
        answer(new ServerLogin.Result(GONE, false));
        assertThat(other.join().error()).isEqualTo(GONE);
    }

    @Test
    void a_changed_password_takes_the_place_of_the_old_one_for_open_sessions_too() {
        ProxyAccount account = known("a", "old");
        Password sessions = account.password();
        CompletableFuture<Verdict> verdict = show("a", "new");
        letIn();
        assertThat(verdict.join().account()).isSameAs(account);
        assertThat(account.password()).isSameAs(sessions);
        assertThat(sessions.sameAs(Password.of("new"))).isTrue();
    }

    @Test
    void the_accounts_longest_unused_are_forgotten() {
        List<ProxyAccount> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(known("user" + i, "secret"));
        }
        assertThat(accounts.size()).isEqualTo(2);
        assertThat(all).filteredOn(account -> !account.password().isErased()).hasSize(2);
    }

    @Test
    void nothing_shows_a_password() {
        ProxyAccount account = known("a", "hush");
        assertThat(account + " " + accounts.begin("a", null) + " " + account.credentials() + " " + account.password())
                .doesNotContain("hush");
    }

    private ProxyAccount known(String user, String password) {
        CompletableFuture<Verdict> verdict = show(user, password);
        letIn();
        return Objects.requireNonNull(verdict.join().account());
    }

    private CompletableFuture<Verdict> show(String user, String password) {
        ServerAccountLogin attempt = accounts.begin(user, null);
        assertThat(attempt.acceptsClear(password.getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        return accounts.decide(attempt, server);
    }

    /** The client's proof fits the password that is known. */
    private CompletableFuture<Verdict> fitting(String user) {
        return accounts.decide(accounts.begin(user, null), server);
    }

    private void letIn() {
        answer(ServerLogin.Result.LET_IN);
    }

    private void answer(ServerLogin.Result result) {
        questions.remove(0).accept(result);
    }
}
