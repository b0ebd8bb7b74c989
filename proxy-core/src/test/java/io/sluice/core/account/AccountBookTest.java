// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.ClientProof;
import io.sluice.core.config.Secret;
import io.sluice.core.config.UserSettings;
import io.sluice.core.config.UserSettings.Passwords;
import io.sluice.protocol.auth.Password;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class AccountBookTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 1);

    private final AccountBook book =
            new AccountBook(List.of(user("a", "one", 2), user("b", "one", 0)), null, at -> null);

    @Test
    void new_clients_see_the_new_list_and_those_there_stay() {
        ProxyAccount before = find("a");
        assertThat(before.enter()).isTrue();
        book.list(List.of(user("a", "two", 2), user("c", "one", 0)), Set.of());
        assertThat(find("a")).isNotSameAs(before);
        assertThat(find("a").backend()).isNotEqualTo(before.backend());
        assertThat(book.find("b", CLIENT)).isNull();
        assertThat(book.find("c", CLIENT)).isNotNull();
        // What it opens from now on, it opens with the new password.
        assertThat(before.password().sameAs(Password.of("two"))).isTrue();
        assertThat(before.backend().isErased()).isFalse();
        before.leave();
        assertThat(before.backend().isErased()).isTrue();
        assertThat(find("a").backend().isErased()).isFalse();
    }

    @Test
    void clients_of_before_count() {
        assertThat(find("a").enter()).isTrue();
        assertThat(find("a").enter()).isTrue();
        book.list(List.of(user("a", "two", 3)), Set.of());
        assertThat(find("a").enter()).isTrue();
        assertThat(find("a").enter()).isFalse();
    }

    @Test
    void connections_are_shared_while_servers_are_shown_the_same() {
        ProxyAccount before = find("a");
        assertThat(before.enter()).isTrue();
        book.list(List.of(user("a", "one", 9)), Set.of());
        assertThat(find("a").backend()).isSameAs(before.backend());
        assertThat(find("a").maxClients()).isEqualTo(9);
        before.leave();
        assertThat(before.backend().isErased()).isFalse();
        book.list(List.of(user("a", "one", 9)), Set.of());
        assertThat(find("a").backend()).isSameAs(before.backend());
        book.list(List.of(), Set.of());
        assertThat(before.backend().isErased()).isTrue();
    }

    @Test
    void sessions_keep_the_account_that_they_have_at_the_servers() {
        ProxyAccount before = find("a");
        assertThat(before.enter()).isTrue();
        UserSettings.Access any = UserSettings.Access.ANY;
        book.list(List.of(new UserSettings("a", proof("two"), "other", null, 0, "", any)), Set.of());
        assertThat(find("a").backend().user()).isEqualTo("other");
        assertThat(before.backend().user()).isEqualTo("a");
        assertThat(before.password().sameAs(Password.of("one"))).isTrue();
    }

    @Test
    void who_is_not_asked_for_before_a_change_is_as_listed_last() {
        book.list(List.of(user("a", "two", 1), user("b", "one", 0)), Set.of());
        book.list(List.of(user("a", "three", 1)), Set.of("b"));
        assertThat(find("a").password().sameAs(Password.of("three"))).isTrue();
        assertThat(find("a")).isSameAs(find("a"));
        assertThat(book.find("b", CLIENT)).isNull();
    }

    @Test
    void a_place_found_before_a_change_leads_to_the_user_of_now() {
        Listing before = new Listing(user("a", "one", 0));
        Listing now = before.changedTo(user("a", "two", 0));
        assertThat(now).isNotSameAs(before).isSameAs(now.changedTo(user("a", "two", 0)));
        assertThat(before.user()).isSameAs(now.user());
        Listing gone = new Listing(user("b", "one", 0));
        gone.retire();
        assertThat(gone.user()).as("never made").isNull();
    }

    private ProxyAccount find(String name) {
        return (ProxyAccount) Objects.requireNonNull(book.find(name, CLIENT));
    }

    private static ClientProof proof(String password) {
        return new ClientProof(new Passwords(new Secret(password), null), List.of());
    }

    private static UserSettings user(String name, String password, int maxClients) {
        return new UserSettings(name, proof(password), name, null, maxClients, "", UserSettings.Access.ANY);
    }
}
