// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill;

import io.sluice.drill.load.Access;
import io.sluice.drill.server.Await;
import io.sluice.drill.server.ServerFailure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Sluice's admin port: who is the source, and a switchover. */
final class Admin {
    /** A replica further behind than that is no candidate: a switchover would wait for it. */
    private static final long NEAR_MILLIS = 2000;

    private record Server(String address, String role, boolean online, long lagMillis) {
        boolean isNear() {
            return role.equals("replica") && online && lagMillis >= 0 && lagMillis <= NEAR_MILLIS;
        }
    }

    private final Access access;

    Admin(Access access) {
        this.access = access;
    }

    /** The source's address. */
    String source() {
        return find().orElseThrow(() -> new ServerFailure("Sluice has no source; see SHOW TOPOLOGY on its admin port"));
    }

    private Optional<String> find() {
        return servers().stream()
                .filter(server -> server.role().equals("source") && server.online())
                .map(Server::address)
                .findFirst();
    }

    /** Waits until another server than that is the source. */
    String awaitSourceOtherThan(String old, Duration limit) {
        Await.until(
                "a source other than " + old,
                limit,
                () -> find().filter(address -> !address.equals(old)).isPresent());
        return source();
    }

    /** A replica that is near, waited for if need be. */
    String candidate(Duration limit) {
        Await.until(
                "a replica that is online and near, see SHOW SERVERS",
                limit,
                () -> servers().stream().anyMatch(Server::isNear));
        return servers().stream()
                .filter(Server::isNear)
                .findFirst()
                .map(Server::address)
                .orElseThrow(() -> new ServerFailure("the only replica has gone"));
    }

    /** Waits until that server is a replica that is near. */
    void awaitReplica(String address, Duration limit) {
        Await.until(
                address + " is a replica that is online and near, see SHOW SERVERS",
                limit,
                () -> servers().stream().anyMatch(server -> server.address().equals(address) && server.isNear()));
    }

    private List<Server> servers() {
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW SERVERS")) {
            List<Server> servers = new ArrayList<>();
            while (rows.next()) {
                String lag = rows.getString("lag_ms");
                servers.add(new Server(
                        rows.getString("server"),
                        rows.getString("role"),
                        "yes".equals(rows.getString("online")),
                        lag == null ? -1 : Long.parseLong(lag)));
            }
            return servers;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Returns when it is done. */
    void switchOver(String candidate) {
        try (Connection connection = access.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SLUICE SWITCHOVER TO '" + candidate + "'");
        } catch (SQLException e) {
            throw new ServerFailure("the switchover to " + candidate + " failed: " + e.getMessage(), e);
        }
    }

    private ServerFailure failed(SQLException e) {
        return new ServerFailure(
                "cannot ask Sluice's admin port at " + access + ": " + e.getMessage()
                        + "; is this Sluice running, and admin.users has that user?",
                e);
    }
}
