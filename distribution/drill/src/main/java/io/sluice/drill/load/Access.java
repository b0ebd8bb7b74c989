// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.load;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;

/** Where somebody connects, and as whom. */
public record Access(String host, int port, String user, String password, String schema) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");

    /** Statements that take longer than half a minute end with an error of the driver. */
    public Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "10000");
        properties.setProperty("socketTimeout", "30000");
        // Elsewhere the password goes over TLS alone, which Sluice has unless it was turned off.
        properties.setProperty("allowPublicKeyRetrieval", Boolean.toString(LOOPBACK.contains(host)));
        String name = host.contains(":") ? "[" + host + "]" : host;
        return DriverManager.getConnection("jdbc:mysql://" + name + ":" + port + "/" + schema, properties);
    }

    /** Runs statements in a connection of their own. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public String toString() {
        return user + "@" + host + ":" + port; // without the password
    }
}
