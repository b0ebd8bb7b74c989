// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Servers of MySQL Group Replication on loopback, with the users of {@link ReplicationTopology} and the schema app.
 * Server 0 is the primary at first. Not thread-safe.
 */
public final class ReplicationGroup implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ServerBinaries binaries;
    private final Path home;
    private final String name = UUID.randomUUID().toString();
    private final List<MysqldProcess> servers = new ArrayList<>();
    private final List<Integer> groupPorts = new ArrayList<>();

    private ReplicationGroup(ServerBinaries binaries, Path home) {
        this.binaries = binaries;
        this.home = home;
    }

    /** Starts the servers and returns when all of them are online in the group. */
    public static ReplicationGroup start(ServerBinaries binaries, Path home, int size) {
        ReplicationGroup group = new ReplicationGroup(binaries, Directories.create(home));
        try {
            group.bringUp(size);
            return group;
        } catch (RuntimeException e) {
            group.close();
            throw e;
        }
    }

    private void bringUp(int size) {
        Path parent = home.toAbsolutePath().getParent();
        Path template = (parent == null ? home : parent).resolve("template-" + binaries.version());
        if (!Files.isDirectory(template)) {
            MysqldProcess.initialize(binaries, template, home);
        }
        for (int n = 0; n < size; n++) {
            groupPorts.add(FreePorts.next());
            MysqldProcess server = new MysqldProcess(
                    binaries, Directories.create(home.resolve("member" + n)), n + 1, FreePorts.next());
            servers.add(server);
            server.adopt(template);
        }
        for (int n = 0; n < size; n++) {
            servers.get(n).launch(options(n));
        }
        servers.forEach(MysqldProcess::awaitReady);
        servers.forEach(ReplicationGroup::createUsers);
        servers.get(0)
                .execute(
                        "SET GLOBAL group_replication_bootstrap_group=ON",
                        "START GROUP_REPLICATION",
                        "SET GLOBAL group_replication_bootstrap_group=OFF");
        for (int n = 1; n < size; n++) {
            servers.get(n).execute("START GROUP_REPLICATION");
        }
        awaitOnline();
        servers.get(0).execute("CREATE DATABASE app");
    }

    private String[] options(int n) {
        String seeds = groupPorts.stream().map(ReplicationGroup::groupAddress).collect(Collectors.joining(","));
        return new String[] {
            "--plugin-load-add=group_replication.so",
            "--loose-group-replication-group-name=" + name,
            "--loose-group-replication-local-address=" + groupAddress(groupPorts.get(n)),
            "--loose-group-replication-group-seeds=" + seeds,
            "--loose-group-replication-start-on-boot=OFF",
            "--loose-group-replication-member-expel-timeout=0",
            "--loose-group-replication-recovery-get-public-key=ON",
            "--report-host=127.0.0.1",
            "--report-port=" + servers.get(n).port()
        };
    }

    /** On each member by itself: they have these accounts before there is a group. */
    private static void createUsers(MysqldProcess server) {
        server.execute(
                "SET sql_log_bin=0",
                "CREATE USER repl@'%' IDENTIFIED BY 'repl'",
                "GRANT REPLICATION SLAVE, CONNECTION_ADMIN, BACKUP_ADMIN, GROUP_REPLICATION_STREAM ON *.* TO repl@'%'",
                "CREATE USER app@'%' IDENTIFIED BY 'app'",
                "GRANT ALL ON *.* TO app@'%'",
                "CREATE USER monitor@'%' IDENTIFIED BY 'monitor'",
                "GRANT REPLICATION CLIENT ON *.* TO monitor@'%'",
                "GRANT SELECT ON performance_schema.* TO monitor@'%'",
                "GRANT SELECT ON mysql.user TO monitor@'%'",
                "CHANGE REPLICATION SOURCE TO SOURCE_USER='repl', SOURCE_PASSWORD='repl'"
                        + " FOR CHANNEL 'group_replication_recovery'");
    }

    public List<MysqldProcess> servers() {
        return List.copyOf(servers);
    }

    public MysqldProcess server(int n) {
        return servers.get(n);
    }

    /** Where the group's members speak with each other. */
    public String localAddress(int n) {
        return groupAddress(groupPorts.get(n));
    }

    private static String groupAddress(int port) {
        return "127.0.0.1:" + port;
    }

    /** Waits until every living server is online in one group. */
    public void awaitOnline() {
        long living = servers.stream().filter(MysqldProcess::answers).count();
        for (MysqldProcess server : servers) {
            if (server.answers()) {
                Await.until(
                        server.address() + " sees " + living + " members online, see " + server.errorLog(),
                        LIMIT,
                        () -> online(server) == living);
            }
        }
    }

    private static long online(MysqldProcess server) throws SQLException {
        return Long.parseLong(server.query(
                "SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE MEMBER_STATE = 'ONLINE'"));
    }

    /** Starts a dead member again, which joins the others. */
    public void rejoin(int n) {
        servers.get(n).start(options(n));
        servers.get(n).execute("START GROUP_REPLICATION");
        awaitOnline();
    }

    @Override
    public void close() {
        servers.forEach(MysqldProcess::discard);
    }
}
