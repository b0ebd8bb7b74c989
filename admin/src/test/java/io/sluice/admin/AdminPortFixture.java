// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.sluice.admin.sql.Sight;
import io.sluice.core.config.AdminSettings.Role;
import io.sluice.core.config.AdminSettings.User;
import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.Secret;
import io.sluice.core.config.SluiceConfig;
import io.sluice.protocol.auth.PasswordHash;
import io.sluice.protocol.auth.RsaKeySource;
import io.sluice.protocol.auth.RsaKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An admin port before a proxy that is only what it shows, and a client of it. */
final class AdminPortFixture implements AutoCloseable {
    static final RsaKeySource KEYS = RsaKeySource.of(RsaKeys.generate());
    static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

    /** "watcher" has the password of "admin". */
    static final List<User> USERS = List.of(
            new User("admin", new Secret("secret")),
            new User("operator", new Secret("secret"), null, Role.OPERATOR),
            new User(
                    "watcher",
                    Secret.EMPTY,
                    PasswordHash.parse("*14E65567ABDB5135D0CFD9A70B3032C179A49EE7")
                            .orElseThrow(),
                    Role.READ_ONLY));

    final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    final FakeView view = new FakeView();
    final FakeControl control = new FakeControl();
    final FakeClients clients = new FakeClients();
    final FakeStatistics statistics = new FakeStatistics();
    final FakeRules rules;
    final FakeUsers listed = new FakeUsers();
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final FakeServers servers = new FakeServers();
    final SluiceConfig config;
    final FakeConfig file;
    private final boolean initial;
    private final AdminPort port;

    AdminPortFixture() throws IOException {
        this(SluiceConfig.defaults());
    }

    AdminPortFixture(SluiceConfig config) throws IOException {
        this(config, false);
    }

    /** With a real file, by which changes are checked. */
    static AdminPortFixture ofFile(Path directory, String text) throws Exception {
        ConfigFile file = ConfigFile.open(Files.writeString(directory.resolve("sluice.yaml"), text), Map.of());
        AdminPortFixture port = new AdminPortFixture(file.atStart());
        port.file.real = file;
        return port;
    }

    AdminPortFixture(SluiceConfig config, boolean initial) throws IOException {
        this.config = config;
        this.initial = initial;
        this.file = new FakeConfig(config);
        this.rules = new FakeRules(config.allHostgroups());
        port = Objects.requireNonNull(open(USERS), "closed in spite of a user");
    }

    @Nullable
    AdminPort open(List<User> users) throws IOException {
        Sight sight = new Sight(view, statistics, config, rules, listed, file, initial, meters);
        AdminPort.Controls controls = new AdminPort.Controls(servers, control, clients, clients);
        return AdminPort.open(ANY, users, sight, controls, "sluice 0.1.0", null, KEYS, loops);
    }

    /** As one session does, each of them without an error. */
    void run(String... statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                try {
                    statement.execute(sql);
                } catch (SQLException e) {
                    throw new AssertionError(sql + ": " + e.getMessage(), e);
                }
            }
        }
    }

    List<List<String>> query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            return rows(statement, sql);
        }
    }

    /** NULL as such a text; empty also for a statement without a result set. */
    static List<List<String>> rows(Statement statement, String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        if (!statement.execute(sql)) {
            return rows;
        }
        ResultSet result = statement.getResultSet();
        while (result.next()) {
            List<String> row = new ArrayList<>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                String value = result.getString(i);
                row.add(value == null ? "NULL" : value);
            }
            rows.add(row);
        }
        return rows;
    }

    Connection connect() throws SQLException {
        return connect("");
    }

    Connection connect(String schema) throws SQLException {
        return connect(schema, "admin", "secret");
    }

    Connection connect(String schema, String user, String password) throws SQLException {
        return connect(schema, user, password, "");
    }

    /** @param more options of the driver, each with an ampersand before it */
    Connection connect(String schema, String user, String password, String more) throws SQLException {
        int number = ((InetSocketAddress) port.address()).getPort();
        return DriverManager.getConnection(
                "jdbc:mysql://127.0.0.1:" + number + "/" + schema
                        + "?sslMode=DISABLED&allowPublicKeyRetrieval=true&socketTimeout=60000" + more,
                user,
                password);
    }

    @Override
    public void close() {
        port.close();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
