// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.sluice.it.Lab;
import io.sluice.it.server.MysqldProcess;
import io.sluice.it.server.SluiceProcess;
import io.sluice.it.server.SluiceSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the configuration can say of a user: a Sluice of its own, with users of every kind. */
class ListedUserIT {
    private static final MysqldProcess SOURCE = Lab.topology().source();

    private static SluiceProcess sluice;

    @BeforeAll
    static void start() {
        SluiceSettings settings = new SluiceSettings();
        Lab.topology().servers().forEach(server -> settings.server(server.address()));
        settings.user("rotating", Map.of("password", "new", "old_password", "old"));
        sluice = SluiceProcess.start(settings, Lab.newHome("sluice"));
    }

    @AfterAll
    static void stop() {
        sluice.close();
        SOURCE.execute("DROP USER IF EXISTS rotating@'%'");
    }

    @Test
    void a_password_is_changed_at_the_server_with_clients_that_know_either_and_none_notices() throws SQLException {
        create("rotating", "old");
        try (Connection open = connect("rotating", "new")) {
            bothPasswordsServe(open);
            changeRotating("IDENTIFIED BY 'new'");
            bothPasswordsServe(open);
            changeRotating("IDENTIFIED BY 'old'");
            bothPasswordsServe(open);
        }
        refused("rotating", "neither");
        refused("rotating", "");
    }

    @Test
    void a_password_is_changed_with_the_servers_own_second_password() throws SQLException {
        assumeFalse(Lab.flavor().isMariaDb(), "MariaDB has no second password");
        create("rotating", "old");
        try (Connection open = connect("rotating", "old")) {
            bothPasswordsServe(open);
            changeRotating("IDENTIFIED BY 'new' RETAIN CURRENT PASSWORD");
            bothPasswordsServe(open);
            changeRotating("DISCARD OLD PASSWORD");
            bothPasswordsServe(open);
        }
    }

    /** Also on connections that are made now, to the source and to a replica. */
    private static void bothPasswordsServe(Connection open) throws SQLException {
        endServerConnections("rotating");
        for (String password : new String[] {"new", "old"}) {
            try (Connection connection = connect("rotating", password)) {
                assertThat(value(connection, "SELECT CURRENT_USER() FOR UPDATE"))
                        .isEqualTo("rotating@%");
                assertThat(value(connection, "SELECT CURRENT_USER()")).isEqualTo("rotating@%");
            }
        }
        assertThat(value(open, "SELECT CURRENT_USER() FOR UPDATE")).isEqualTo("rotating@%");
        assertThat(value(open, "SELECT CURRENT_USER()")).isEqualTo("rotating@%");
    }

    private static void changeRotating(String change) {
        SOURCE.execute("ALTER USER rotating@'%' " + change);
        Lab.topology().awaitCaughtUp();
    }

    private static void create(String user, String password) {
        SOURCE.execute(
                "DROP USER IF EXISTS " + user + "@'%'",
                "CREATE USER " + user + "@'%' IDENTIFIED BY '" + password + "'",
                "GRANT ALL ON app.* TO " + user + "@'%'");
        Lab.topology().awaitCaughtUp();
    }

    /** So that Sluice has to log in again. */
    private static void endServerConnections(String user) throws SQLException {
        for (MysqldProcess server : Lab.topology().servers()) {
            String ids = server.query("SELECT COALESCE(GROUP_CONCAT(id), '') FROM information_schema.processlist"
                    + " WHERE user = '" + user + "'");
            for (String id : ids.isEmpty() ? new String[0] : ids.split(",")) {
                server.execute("KILL " + id);
            }
        }
    }

    private static void refused(String user, String password) {
        SQLException error = catchThrowableOfType(
                SQLException.class, () -> connect(user, password).close());
        assertThat(error.getErrorCode()).isEqualTo(1045);
        assertThat(error.getMessage()).contains("Access denied for user '" + user + "'@'localhost'");
    }

    private static Connection connect(String user, String password) throws SQLException {
        return Lab.of(sluice).connectAs(user, password, "app");
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
