// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Logging in, and being told why not. */
abstract class ConnectingTests extends Area {

    @Test
    void logs_in_with_the_defaults_of_the_driver() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            assertThat(value(connection, "SELECT 1")).isEqualTo("1");
            assertThat(value(connection, "SELECT DATABASE()")).isEqualTo("app");
            assertThat(value(connection, "SELECT USER()")).startsWith("app@");
        }
    }

    @Test
    void logs_in_without_tls() throws SQLException {
        try (Connection connection = endpoint().connect("sslMode=DISABLED")) {
            assertThat(value(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void logs_in_over_tls() throws SQLException {
        assumeFalse(onMariaDb() && endpoint().name().equals("direct"), "MariaDB 10.11 has TLS only when configured");
        try (Connection connection = endpoint().connect("sslMode=REQUIRED")) {
            assertThat(value(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void logs_in_with_a_native_password() throws SQLException {
        assumeTrue(Lab.hasNativePasswords(), "the server has no such accounts");
        for (String tls : List.of("sslMode=DISABLED", "sslMode=REQUIRED")) {
            try (Connection connection = endpoint().connectAs("native", "native", "app", tls)) {
                assertThat(value(connection, "SELECT USER()")).startsWith("native@");
            }
        }
    }

    @Test
    void logs_in_with_a_driver_that_offers_the_native_plugin_first() throws SQLException {
        try (Connection connection =
                endpoint().connect("defaultAuthenticationPlugin=mysql_native_password", "sslMode=DISABLED")) {
            assertThat(value(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void logs_in_without_a_schema() throws SQLException {
        try (Connection connection = endpoint().connectAs("app", "app", "")) {
            assertThat(value(connection, "SELECT DATABASE()")).isEqualTo("NULL");
            run(connection, "USE app");
            assertThat(value(connection, "SELECT DATABASE()")).isEqualTo("app");
        }
    }

    @Test
    void sends_connection_attributes() throws SQLException {
        try (Connection connection = endpoint().connect("connectionAttributes=shop:winkel,empty:")) {
            assertThat(value(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void refuses_a_wrong_password_with_1045() {
        for (String tls : List.of("sslMode=DISABLED", "sslMode=PREFERRED")) {
            SQLException error = error(() -> endpoint().connectAs("app", "wrong", "app", tls));
            assertThat(error.getErrorCode()).isEqualTo(1045);
            assertThat(error.getSQLState()).isEqualTo("28000");
            assertThat(error.getMessage())
                    .contains("Access denied for user 'app'@")
                    .contains("(using password: YES)");
        }
    }

    @Test
    void refuses_an_unknown_user_with_1045_as_if_the_password_were_wrong() {
        assumeTrue(
                !Lab.flavor().isMariaDb() || endpoint().port() == Lab.direct().port(),
                "before MariaDB Connector/J cannot switch to the plugin that unknown accounts are asked for;"
                        + " PassthroughIT asks with MariaDB's driver");
        SQLException error = error(() -> endpoint().connectAs("nobody", "app", "app"));
        assertThat(error.getErrorCode()).isEqualTo(1045);
        assertThat(error.getMessage()).contains("Access denied for user 'nobody'@");
    }

    @Test
    void refuses_a_missing_password_with_1045() {
        SQLException error = error(() -> endpoint().connectAs("app", "", "app"));
        assertThat(error.getErrorCode()).isEqualTo(1045);
        assertThat(error.getMessage()).contains("(using password: NO)");
    }

    @Test
    void refuses_an_unknown_schema_with_1049() {
        SQLException error = error(() -> endpoint().connectAs("app", "app", "no_such_schema"));
        assertThat(error.getErrorCode()).isEqualTo(1049);
        assertThat(error.getSQLState()).isEqualTo("42000");
        assertThat(error.getMessage()).contains("Unknown database 'no_such_schema'");
    }

    @Test
    void a_refused_login_does_not_disturb_the_next() throws SQLException {
        for (int i = 0; i < 5; i++) {
            error(() -> endpoint().connectAs("app", "wrong", "app"));
            try (Connection connection = endpoint().connect()) {
                assertThat(value(connection, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void many_connections_are_open_at_once() throws SQLException {
        List<Connection> connections = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                connections.add(endpoint().connect());
            }
            for (int i = 0; i < connections.size(); i++) {
                assertThat(value(connections.get(i), "SELECT " + i)).isEqualTo(Integer.toString(i));
            }
        } finally {
            for (Connection connection : connections) {
                connection.close();
            }
        }
    }
}
