// SPDX-License-Identifier: Apache-2.0
package io.sluice.it;

import io.sluice.drill.server.ServerFlavor;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** Where a test connects to: a server itself or Sluice in front of it. Nothing else differs between the two. */
public record Endpoint(String name, int port, ServerFlavor flavor) {

    /** A connection of user app to schema app; further properties as Connector/J names them, "sslMode=DISABLED". */
    public Connection connect(String... properties) throws SQLException {
        return connectAs("app", "app", "app", properties);
    }

    public Connection connectAs(String user, String password, String schema, String... properties) throws SQLException {
        return DriverManager.getConnection(url(schema, properties), user, password);
    }

    /** What Connector/J and whoever makes connections by it takes. */
    public String url(String schema, String... properties) {
        StringBuilder url = new StringBuilder("jdbc:mysql://127.0.0.1:" + port + "/" + schema
                + "?allowPublicKeyRetrieval=true&connectTimeout=60000&socketTimeout=120000");
        for (String property : properties) {
            url.append('&').append(property);
        }
        return url.toString();
    }

    /** The same by MariaDB's driver. */
    public Connection connectByMariaDbDriver(String... properties) throws SQLException {
        StringBuilder url = new StringBuilder(
                "jdbc:mariadb://127.0.0.1:" + port + "/app?allowPublicKeyRetrieval=true&socketTimeout=120000");
        for (String property : properties) {
            url.append('&').append(property);
        }
        return DriverManager.getConnection(url.toString(), "app", "app");
    }

    @Override
    public String toString() {
        return name + " (" + flavor.label() + ")";
    }
}
