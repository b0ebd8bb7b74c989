// SPDX-License-Identifier: Apache-2.0
package io.sluice.it;

import io.sluice.drill.server.Directories;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.ServerFailure;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The laboratory of one test run: a source with two replicas of one flavor and a Sluice before them, started when first
 * asked for and shared by all tests that leave them as they found them. Tests that kill servers take their own.
 */
public final class Lab {
    private static final ServerFlavor FLAVOR = ServerFlavor.parse(System.getProperty("sluice.it.flavor", "9.7"));
    private static final Path HOME = Path.of(System.getProperty("sluice.it.home", "target/it/" + FLAVOR.label()))
            .toAbsolutePath();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static @Nullable ServerBinaries binaries;
    private static @Nullable ReplicationTopology topology;
    private static @Nullable SluiceProcess sluice;

    /** Why the shared topology or Sluice did not start: said again to every later test, without another try. */
    private static @Nullable ServerFailure failure;

    static {
        Directories.delete(HOME);
        Directories.create(HOME);
        Runtime.getRuntime().addShutdownHook(new Thread(Lab::close, "lab"));
    }

    private Lab() {}

    public static ServerFlavor flavor() {
        return FLAVOR;
    }

    public static Endpoint direct() {
        return new Endpoint("direct", topology().source().port(), FLAVOR);
    }

    public static Endpoint throughSluice() {
        return of(sluice());
    }

    public static Endpoint of(SluiceProcess process) {
        return new Endpoint("through Sluice", process.port(), FLAVOR);
    }

    public static synchronized ReplicationTopology topology() {
        ReplicationTopology current = topology;
        if (current == null) {
            current = once(() -> newTopology("shared", 2));
            topology = current;
            createAccounts(current);
        }
        return current;
    }

    public static synchronized SluiceProcess sluice() {
        SluiceProcess current = sluice;
        if (current == null || !current.isAlive()) {
            ReplicationTopology servers = topology();
            current = once(() -> SluiceProcess.start(settings(servers), newHome("sluice")));
            sluice = current;
        }
        return current;
    }

    private static <T> T once(Supplier<T> start) {
        ServerFailure earlier = failure;
        if (earlier != null) {
            throw earlier;
        }
        try {
            return start.get();
        } catch (ServerFailure e) {
            failure = e;
            throw e;
        }
    }

    /** Settings for a topology, with the accounts that the suite logs in with. */
    public static SluiceSettings settings(ReplicationTopology servers) {
        SluiceSettings settings = SluiceSettings.of(servers).user("second", "second password");
        return hasNativePasswords() ? settings.user("native", "native") : settings;
    }

    public static ReplicationTopology newTopology(String name, int replicas) {
        return ReplicationTopology.start(binaries(), newHome(name), replicas);
    }

    /** The server of this run: out of a container where Docker answers, else a program of this machine. */
    public static synchronized ServerBinaries binaries() {
        ServerBinaries current = binaries;
        if (current == null) {
            current = Containers.find(FLAVOR, HOME)
                    .or(() -> ServerBinaries.find(FLAVOR, HOME))
                    .orElseThrow(() -> new ServerFailure("no server of flavor " + FLAVOR.label()
                            + " on this machine; get one: bin/verify --only " + FLAVOR.label()));
            binaries = current;
        }
        return current;
    }

    /** A directory of its own below target/it; logs stay there after the run. */
    public static Path newHome(String name) {
        return Directories.create(HOME.resolve(name + "-" + NUMBER.incrementAndGet()));
    }

    /** MySQL 9 has no server side of mysql_native_password any more; in MariaDB every password is one. */
    public static boolean hasNativePasswords() {
        return FLAVOR == ServerFlavor.MYSQL_8_0;
    }

    private static void createAccounts(ReplicationTopology servers) {
        servers.source()
                .execute("CREATE USER second@'%' IDENTIFIED BY 'second password'", "GRANT ALL ON app.* TO second@'%'");
        if (hasNativePasswords()) {
            servers.source()
                    .execute(
                            "CREATE USER native@'%' IDENTIFIED WITH mysql_native_password BY 'native'",
                            "GRANT ALL ON app.* TO native@'%'");
        }
        servers.awaitCaughtUp();
    }

    private static synchronized void close() {
        SluiceProcess lastSluice = sluice;
        if (lastSluice != null) {
            lastSluice.close();
        }
        ReplicationTopology lastTopology = topology;
        if (lastTopology != null) {
            lastTopology.close();
        }
    }
}
