// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill;

import io.sluice.drill.load.Access;
import io.sluice.drill.load.Load;
import io.sluice.drill.load.Row;
import io.sluice.drill.report.Act;
import io.sluice.drill.report.Findings;
import io.sluice.drill.server.Directories;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.ServerFailure;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A failover and a switchover of a source and two replicas, which are started for it, and Sluice before them. */
public final class OwnDrill {
    private static final String TABLE = "app.drill";
    private static final int REPLICAS = 2;

    private final Plan plan;
    private final Workplace place;
    private final Consumer<String> progress;

    public OwnDrill(Plan plan, Workplace place, Consumer<String> progress) {
        this.plan = plan;
        this.place = place;
        this.progress = progress;
    }

    /**
     * Returns when everything was measured; the servers still run.
     *
     * @param program the server, mysqld or mariadbd
     * @param settings of Sluice, by their paths
     */
    public Findings run(Path program, Map<String, Object> settings) {
        ServerBinaries binaries = ServerBinaries.of(program, place.home());
        String servers = (binaries.flavor().isMariaDb() ? "" : "MySQL ") + binaries.version() + ", a source and "
                + REPLICAS + " replicas";
        progress.accept("starting " + servers + ", and Sluice");
        ReplicationTopology topology =
                ReplicationTopology.start(binaries, place.home().resolve("servers"), REPLICAS);
        place.closesLater(topology::close);
        prepare(topology);
        SluiceProcess sluice = startSluice(topology, settings);
        Access client = new Access("127.0.0.1", sluice.port(), "app", "app", "app");
        Admin admin = new Admin(new Access("127.0.0.1", sluice.settings().adminPort(), "drill", "drill", ""));
        List<Act> acts = new ArrayList<>();
        Load load = new Load(client, TABLE, plan.writers(), plan.readers(), plan.rest());
        Steps steps = new Steps(plan, load, progress);
        try (load) {
            load.start(plan.limit());
            steps.steady();
            acts.add(kill(topology));
            steps.awaitWrites(acts);
            steps.steady();
            bringBack(topology);
            acts.add(steps.switchOver(admin, admin.candidate(plan.limit())));
            steps.awaitWrites(acts);
            steps.steady();
        }
        return Findings.of(servers, load.recording(), rows(topology, acts), acts);
    }

    private void prepare(ReplicationTopology topology) {
        topology.source()
                .execute(
                        topology.flavor().isMariaDb()
                                ? "GRANT READ_ONLY ADMIN, REPLICATION SLAVE ADMIN, CONNECTION ADMIN, BINLOG MONITOR, RELOAD"
                                        + " ON *.* TO monitor@'%'"
                                : "GRANT SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN, REPLICATION_SLAVE_ADMIN, RELOAD"
                                        + " ON *.* TO monitor@'%'",
                        "CREATE TABLE " + TABLE + " (" + Row.COLUMNS + ")");
        topology.awaitCaughtUp();
    }

    private SluiceProcess startSluice(ReplicationTopology topology, Map<String, Object> given) {
        SluiceSettings settings = SluiceSettings.of(topology).admin("drill", "drill");
        settings.set("failover.replication_user", "repl").set("failover.replication_password", "repl");
        given.forEach(settings::set);
        SluiceProcess sluice =
                SluiceProcess.launch(settings, Directories.create(place.home().resolve("sluice")));
        place.closesLater(sluice::close);
        sluice.awaitReady();
        return sluice;
    }

    private Act kill(ReplicationTopology topology) {
        progress.accept("kill -9 of the source " + topology.source().address() + "; a replica is promoted "
                + plan.promoteAfter().toMillis() + " ms later");
        return new SourceKill(topology, TABLE).run(plan.promoteAfter());
    }

    /** The killed server, emptied: what it alone had would be errant. */
    private void bringBack(ReplicationTopology topology) {
        progress.accept("bringing the killed server back as a replica");
        for (int n = 0; n < topology.servers().size(); n++) {
            if (!topology.server(n).isAlive()) {
                topology.rebuild(n);
            }
        }
    }

    private static Map<Row, Integer> rows(ReplicationTopology topology, List<Act> acts) {
        String source = acts.get(acts.size() - 1).to();
        try (Connection connection = topology.servers().stream()
                .filter(server -> server.address().equals(source))
                .findFirst()
                .orElseThrow()
                .connect()) {
            return Row.count(connection, TABLE);
        } catch (SQLException e) {
            throw new ServerFailure("cannot read what was written from " + source + ": " + e.getMessage(), e);
        }
    }
}
