// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.account.BackendAccount;
import io.sluice.core.account.ServerLogin;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.PoolKey;
import io.sluice.protocol.Shape;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.Password;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoginProofTest {
    private final SessionBench bench = new SessionBench();
    private final List<ServerLogin.Result> results = new ArrayList<>();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void the_connection_of_the_first_proof_is_kept_and_that_of_a_later_one_is_not() {
        prove(true);
        prove(false);
        assertThat(results).containsExactly(ServerLogin.Result.LET_IN, ServerLogin.Result.LET_IN);
        assertThat(bench.source.connections()).hasSize(2);
        assertThat(bench.source.openConnections()).hasSize(1);
        assertThat(bench.leased()).isZero();
    }

    @Test
    void a_replica_is_asked_while_there_is_no_source() {
        bench.publish(null, bench.replica1);
        prove(true);
        assertThat(results).containsExactly(ServerLogin.Result.LET_IN);
        assertThat(bench.replica1.connections()).hasSize(1);
    }

    @Test
    void the_servers_refusal_is_passed_on_as_it_is() {
        SqlError locked = new SqlError(3118, "HY000", "Access denied for user 'a'@'proxy'. Account is locked.");
        bench.source.refuse(new ConnectFailure("refused", locked));
        prove(false);
        assertThat(results).containsExactly(new ServerLogin.Result(locked, true));
    }

    @Test
    void a_full_account_says_nothing_of_its_password() {
        SqlError full = new SqlError(1226, "42000", "User 'a' has exceeded the 'max_user_connections' resource");
        bench.source.refuse(new ConnectFailure("refused", full));
        prove(false);
        assertThat(results).containsExactly(new ServerLogin.Result(full, false));
    }

    @Test
    void without_a_server_the_first_proof_waits_and_a_later_one_does_not() {
        bench.publish(List.of());
        prove(false);
        assertThat(results)
                .singleElement()
                .satisfies(result -> assertThat(result.decided()).isFalse());
        results.clear();
        prove(true);
        assertThat(results).isEmpty();
        bench.publish(bench.source);
        bench.loop.advance(Duration.ofMillis(200));
        assertThat(results).containsExactly(ServerLogin.Result.LET_IN);
    }

    @Test
    void an_error_names_the_clients_host() {
        SqlError denied = new SqlError(1045, "28000", "Access denied for user 'a'@'proxy' (using password: YES)");
        assertThat(Errors.naming("a", "a", "10.1.2.3", denied).message())
                .isEqualTo("Access denied for user 'a'@'10.1.2.3' (using password: YES)");
        assertThat(Errors.naming("a", "front", null, denied).message())
                .isEqualTo("Access denied for user 'front'@'proxy' (using password: YES)");
        SqlError other = new SqlError(1862, "HY000", "Your password has expired.");
        assertThat(Errors.naming("a", "a", "10.1.2.3", other)).isEqualTo(other);
    }

    private void prove(boolean first) {
        PoolKey key = new PoolKey(new BackendAccount("a", Password.of("secret")), new Shape(0), 45);
        new LoginProof(bench.scope(), key, first, results::add).start();
        bench.loop.settle();
    }
}
