// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Accounts that no configuration lists, made and changed at the source while Sluice runs. */
class PassthroughIT {
    /** Longer than authentication.recheck. */
    private static final Duration SOON = Duration.ofSeconds(5);

    private final MysqldProcess source = Lab.topology().source();
    private final Endpoint sluice = Lab.throughSluice();

    @BeforeEach
    void create_account() {
        source.execute(
                "DROP USER IF EXISTS walkin@'%'",
                "CREATE USER walkin@'%' IDENTIFIED BY 'first'", "GRANT ALL ON app.* TO walkin@'%'");
        Lab.topology().awaitCaughtUp();
    }

    @AfterEach
    void drop_account() {
        source.execute("DROP USER IF EXISTS walkin@'%'");
    }

    @Test
    void an_account_logs_in_with_nothing_listed() throws SQLException {
        for (int i = 0; i < 3; i++) {
            assertThat(account(sluice, "first")).isEqualTo("walkin@%");
        }
    }

    @Test
    void a_client_of_the_native_plugin_alone_logs_in_once_the_digest_was_read() {
        assumeTrue(sluice.flavor().isMariaDb(), "the greeting of others is for other plugins");
        // Connector/J takes "5.5.5-" for a server that old.
        Await.until("Connector/J logs in", SOON, () -> {
            try (Connection connection = sluice.connectAs("walkin", "first", "")) {
                return account(connection).equals("walkin@%");
            }
        });
        SQLException refusal = catchThrowableOfType(
                SQLException.class,
                () -> sluice.connectAs("walkin", "wrong", "").close());
        assertThat(refusal == null).as("let in with a wrong password").isFalse();
    }

    @Test
    void a_wrong_password_is_refused_in_the_servers_words() throws SQLException {
        refusedAsDirectly("wrong");
        refusedAsDirectly("");
        assertThat(account(sluice, "first")).isEqualTo("walkin@%");
        refusedAsDirectly("wrong");
    }

    @Test
    void an_unknown_user_is_refused_in_the_servers_words() {
        refusedAsDirectly("stranger", "first");
    }

    @Test
    void a_changed_password_is_taken_at_once_and_the_old_one_is_soon_refused() throws SQLException {
        try (Connection open = connect(sluice, "first")) {
            source.execute("ALTER USER walkin@'%' IDENTIFIED BY 'second'");
            assertThat(account(sluice, "second")).isEqualTo("walkin@%");
            Await.until("the old password is refused", SOON, () -> isRefused("first"));
            refusedAsDirectly("first");
            assertThat(account(open)).isEqualTo("walkin@%");
        }
    }

    @Test
    void a_locked_account_is_soon_refused_and_one_unlocked_is_let_in() throws SQLException {
        assertThat(account(sluice, "first")).isEqualTo("walkin@%");
        source.execute("ALTER USER walkin@'%' ACCOUNT LOCK");
        Await.until("the account is refused", SOON, () -> isRefused("first"));
        refusedAsDirectly("first");
        source.execute("ALTER USER walkin@'%' ACCOUNT UNLOCK");
        assertThat(account(sluice, "first")).isEqualTo("walkin@%");
    }

    @Test
    void a_dropped_account_is_soon_refused_and_its_open_session_goes_on() throws SQLException {
        try (Connection open = connect(sluice, "first")) {
            assertThat(account(open)).isEqualTo("walkin@%");
            source.execute("DROP USER walkin@'%'");
            Await.until("the account is refused", SOON, () -> isRefused("first"));
            refusedAsDirectly("first");
            assertThat(value(open, "SELECT 1 FOR UPDATE")).isEqualTo("1");
        }
    }

    private void refusedAsDirectly(String password) {
        refusedAsDirectly("walkin", password);
    }

    private void refusedAsDirectly(String user, String password) {
        SQLException direct = refusal(Lab.direct(), user, password);
        SQLException through = refusal(sluice, user, password);
        assertThat((Throwable) through).as("refused through Sluice").isNotNull();
        assertThat(through.getErrorCode()).isEqualTo(direct.getErrorCode());
        assertThat(through.getSQLState()).isEqualTo(direct.getSQLState());
        assertThat(words(through)).isEqualTo(words(direct));
    }

    /** MariaDB's driver counts its attempts in the message. */
    private static String words(SQLException error) {
        return String.valueOf(error.getMessage()).replaceFirst("^\\(conn=[0-9]+\\) ", "");
    }

    private boolean isRefused(String password) {
        try {
            connect(sluice, password).close();
            return false;
        } catch (SQLException e) {
            return true;
        }
    }

    private static SQLException refusal(Endpoint endpoint, String user, String password) {
        return catchThrowableOfType(
                SQLException.class, () -> connect(endpoint, user, password).close());
    }

    private static String account(Endpoint endpoint, String password) throws SQLException {
        try (Connection connection = connect(endpoint, password)) {
            return account(connection);
        }
    }

    private static String account(Connection connection) throws SQLException {
        return value(connection, "SELECT CURRENT_USER()");
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static Connection connect(Endpoint endpoint, String password) throws SQLException {
        return connect(endpoint, "walkin", password);
    }

    private static Connection connect(Endpoint endpoint, String user, String password) throws SQLException {
        if (endpoint.flavor().isMariaDb()) {
            String url = "jdbc:mariadb://127.0.0.1:" + endpoint.port() + "/?allowPublicKeyRetrieval=true";
            return DriverManager.getConnection(url, user, password);
        }
        return endpoint.connectAs(user, password, "");
    }
}
