// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Galera cluster of MariaDB on loopback, with the users of {@link ReplicationTopology} and the schema app. The nodes
 * begin with copies of the same data, so that little has to be sent. Not thread-safe.
 */
public final class GaleraCluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    /** Where Debian's package galera-4 has it. */
    private static final Path LIBRARY = Path.of("/usr/lib/galera/libgalera_smm.so");

    private static final Path RSYNC = Path.of("/usr/bin/rsync");

    private final List<MysqldProcess> nodes = new ArrayList<>();
    private final List<Integer> groupPorts = new ArrayList<>();
    private final List<Integer> transferPorts = new ArrayList<>();
    private final List<Integer> joinPorts = new ArrayList<>();

    private GaleraCluster() {}

    /** Why no cluster can be started with data below that directory; empty if one can. */
    public static Optional<String> obstacle(Path home) {
        if (!Files.isReadable(LIBRARY)) {
            return Optional.of("no " + LIBRARY + ": apt-get install galera-4");
        }
        if (!Files.isExecutable(RSYNC)) {
            return Optional.of("no " + RSYNC + ", by which nodes join: apt-get install rsync");
        }
        // As root, rsync receives as nobody.
        for (Path path = home.toAbsolutePath(); path != null; path = path.getParent()) {
            if (!permissions(path).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                return Optional.of(
                        path + " is closed to others, so that nodes cannot join: -Dsluice.it.home=DIRECTORY");
            }
        }
        return Optional.empty();
    }

    private static Set<PosixFilePermission> permissions(Path path) {
        try {
            return Files.getPosixFilePermissions(path);
        } catch (IOException e) {
            throw new ServerFailure("cannot look at " + path, e);
        }
    }

    /** Starts the nodes and returns when all of them are synced. */
    public static GaleraCluster start(ServerBinaries binaries, Path home, int size) {
        GaleraCluster cluster = new GaleraCluster();
        try {
            cluster.bringUp(binaries, home, size);
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void bringUp(ServerBinaries binaries, Path home, int size) {
        for (int n = 0; n < size; n++) {
            Path place = Directories.create(home.resolve("node" + n));
            nodes.add(new MysqldProcess(binaries, place, n + 1, FreePorts.next()));
            groupPorts.add(FreePorts.next());
            transferPorts.add(FreePorts.next());
            joinPorts.add(FreePorts.next());
        }
        Path template = home.resolve("template");
        MysqldProcess.initialize(binaries, template, home);
        MysqldProcess first = nodes.get(0);
        first.adopt(template);
        first.start(options(0, true));
        createUsers(first);
        first.stop();
        for (int n = 1; n < size; n++) {
            nodes.get(n).adopt(home.resolve("node0").resolve("data"));
            open(home.resolve("node" + n).resolve("data"));
        }
        Directories.delete(template);
        first.start(options(0, true));
        for (int n = 1; n < size; n++) {
            nodes.get(n).start(options(n, false));
        }
        nodes.forEach(this::awaitSynced);
    }

    private static void open(Path data) {
        try {
            Files.setPosixFilePermissions(data, EnumSet.allOf(PosixFilePermission.class));
        } catch (IOException e) {
            throw new ServerFailure("cannot open " + data, e);
        }
    }

    private String[] options(int n, boolean first) {
        List<String> others =
                groupPorts.stream().map(port -> "127.0.0.1:" + port).toList();
        List<String> options = new ArrayList<>(List.of(
                "--binlog-format=ROW",
                "--innodb-autoinc-lock-mode=2",
                "--wsrep-on=ON",
                "--wsrep-provider=" + LIBRARY,
                "--wsrep-cluster-name=it",
                "--wsrep-cluster-address=gcomm://" + (first ? "" : String.join(",", others)),
                "--wsrep-node-address=127.0.0.1:" + groupPorts.get(n),
                "--wsrep-node-incoming-address=127.0.0.1:" + nodes.get(n).port(),
                "--wsrep-sst-method=rsync",
                "--wsrep-sst-receive-address=127.0.0.1:" + joinPorts.get(n),
                // Timeouts that a test can wait for.
                "--wsrep-provider-options=base_port=" + groupPorts.get(n) + ";gmcast.listen_addr=tcp://127.0.0.1:"
                        + groupPorts.get(n) + ";ist.recv_addr=127.0.0.1:" + transferPorts.get(n)
                        + ";gcache.size=16M;evs.keepalive_period=PT0.3S;evs.inactive_check_period=PT0.3S"
                        + ";evs.suspect_timeout=PT2S;evs.inactive_timeout=PT4S;evs.install_timeout=PT4S"));
        if (first) {
            options.add("--wsrep-new-cluster");
        }
        return options.toArray(String[]::new);
    }

    private static void createUsers(MysqldProcess server) {
        server.execute(
                "DELETE FROM mysql.global_priv WHERE user = ''", // it would match local logins first
                "FLUSH PRIVILEGES",
                "CREATE USER app@'%' IDENTIFIED BY 'app'",
                "GRANT ALL ON *.* TO app@'%'",
                "CREATE USER monitor@'%' IDENTIFIED BY 'monitor'",
                "GRANT REPLICATION CLIENT, SLAVE MONITOR ON *.* TO monitor@'%'",
                "GRANT SELECT ON mysql.user TO monitor@'%'",
                "CREATE DATABASE app");
    }

    public List<MysqldProcess> nodes() {
        return List.copyOf(nodes);
    }

    public MysqldProcess node(int n) {
        return nodes.get(n);
    }

    private void awaitSynced(MysqldProcess node) {
        Await.until(
                node.address() + " is synced, see " + node.errorLog(),
                LIMIT,
                () -> node.query("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS"
                                + " WHERE VARIABLE_NAME = 'WSREP_LOCAL_STATE_COMMENT'")
                        .equals("Synced"));
    }

    /** Kills what still runs and removes the data; the logs stay in the home directory. */
    @Override
    public void close() {
        nodes.forEach(MysqldProcess::discard);
    }
}
