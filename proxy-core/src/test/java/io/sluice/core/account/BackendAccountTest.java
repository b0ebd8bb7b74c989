// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.auth.Password;
import io.sluice.routing.topology.BackendAddress;
import org.junit.jupiter.api.Test;

final class BackendAccountTest {
    private static final int ACCESS_DENIED = 1045;
    private static final int ACCOUNT_LOCKED = 3118;

    private final BackendAddress one = new BackendAddress("db1", 3306);
    private final BackendAddress two = new BackendAddress("db2", 3306);
    private final Password current = Password.of("current");
    private final Password old = Password.of("old");
    private final BackendAccount account = new BackendAccount("app", current, old);

    @Test
    void begins_with_the_password_and_has_the_old_one_for_who_refuses_it() {
        assertThat(account.passwordFor(one)).isSameAs(current);
        assertThat(account.insteadOf(current, ACCESS_DENIED)).isSameAs(old);
        assertThat(account.insteadOf(old, ACCESS_DENIED)).isSameAs(current);
    }

    @Test
    void other_refusals_are_not_the_passwords_fault() {
        assertThat(account.insteadOf(current, ACCOUNT_LOCKED)).isNull();
    }

    @Test
    void begins_with_what_that_server_took_last() {
        assertThat(account.taken(one, old)).isTrue();
        assertThat(account.taken(one, old)).isFalse();
        assertThat(account.passwordFor(one)).isSameAs(old);
        assertThat(account.passwordFor(two)).isSameAs(current);
        assertThat(account.taken(one, current)).isTrue();
        assertThat(account.passwordFor(one)).isSameAs(current);
        assertThat(account.taken(two, current)).isFalse();
    }

    @Test
    void has_nothing_to_offer_instead_of_a_single_password() {
        BackendAccount single = new BackendAccount("app", current);
        assertThat(single.insteadOf(current, ACCESS_DENIED)).isNull();
        assertThat(single.taken(one, current)).isFalse();
        assertThat(single.passwordFor(one)).isSameAs(current);
    }

    @Test
    void is_the_same_with_the_same_objects_only() {
        assertThat(account)
                .isEqualTo(new BackendAccount("app", current, old))
                .hasSameHashCodeAs(new BackendAccount("app", current, old))
                .isNotEqualTo(new BackendAccount("app", current))
                .isNotEqualTo(new BackendAccount("root", current, old))
                .isNotEqualTo(new BackendAccount("app", Password.of("current"), old));
        assertThat(account.toString()).doesNotContain("current").doesNotContain("old");
    }
}
