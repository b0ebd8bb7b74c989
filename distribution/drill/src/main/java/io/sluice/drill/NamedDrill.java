// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill;

import io.sluice.drill.load.Access;
import io.sluice.drill.load.Load;
import io.sluice.drill.load.Row;
import io.sluice.drill.report.Act;
import io.sluice.drill.report.Findings;
import io.sluice.drill.server.ServerFailure;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The source of servers that somebody needs is moved to a replica and back, through a Sluice that runs. Nothing is killed
 * unless a command is given that does. All that it makes is one table, which it takes away again.
 */
public final class NamedDrill {
    /** Clustered servers want a primary key; this one lets a row be there twice. */
    private static final String KEY = "id BIGINT AUTO_INCREMENT PRIMARY KEY, ";

    private final Plan plan;
    private final Access client;
    private final Admin admin;
    private final Workplace place;
    private final Consumer<String> progress;

    /**
     * Does nothing yet.
     *
     * @param client with the right to create, write and drop a table in its schema
     * @param admin of Sluice's admin port
     */
    public NamedDrill(Plan plan, Access client, Access admin, Workplace place, Consumer<String> progress) {
        this.plan = plan;
        this.client = client;
        this.admin = new Admin(admin);
        this.place = place;
        this.progress = progress;
    }

    /**
     * Returns when everything was measured.
     *
     * @param killCommand for the shell, which finds the source's host:port in SLUICE_SOURCE; null: no failover
     * @param promoteCommand likewise, with a replica's in SLUICE_CANDIDATE; null: somebody else promotes
     */
    public Findings run(@Nullable String killCommand, @Nullable String promoteCommand) {
        String first = admin.source();
        String table =
                client.schema() + ".sluice_drill_" + ProcessHandle.current().pid();
        List<Act> acts = new ArrayList<>();
        Load load = new Load(client, table, plan.writers(), plan.readers(), plan.rest());
        Steps steps = new Steps(plan, load, progress);
        progress.accept("writing to the table " + table + ", which is dropped at the end");
        place.closesLater(() -> order("DROP TABLE IF EXISTS " + table));
        order("CREATE TABLE " + table + " (" + KEY + Row.COLUMNS + ")");
        try (load) {
            load.start(plan.limit());
            steps.steady();
            acts.add(steps.switchOver(admin, admin.candidate(plan.limit())));
            steps.awaitWrites(acts);
            steps.steady();
            admin.awaitReplica(first, plan.limit());
            acts.add(steps.switchOver(admin, first));
            steps.awaitWrites(acts);
            steps.steady();
            if (killCommand != null) {
                acts.add(failOver(killCommand, promoteCommand));
                steps.awaitWrites(acts);
                steps.steady();
            }
        }
        try (Connection connection = client.connect()) {
            return Findings.of("the servers behind " + client, load.recording(), Row.count(connection, table), acts);
        } catch (SQLException e) {
            throw new ServerFailure("cannot read what was written: " + e.getMessage(), e);
        }
    }

    private Act failOver(String killCommand, @Nullable String promoteCommand) {
        String source = admin.source();
        String candidate = admin.candidate(plan.limit());
        Map<String, String> told = Map.of("SLUICE_SOURCE", source, "SLUICE_CANDIDATE", candidate);
        progress.accept("kill command for the source " + source);
        long began = System.nanoTime();
        shell(killCommand, told);
        Long promoted = null;
        if (promoteCommand != null) {
            Steps.rest(plan.promoteAfter());
            progress.accept("promote command for the replica " + candidate);
            shell(promoteCommand, told);
            promoted = System.nanoTime();
        }
        String then = admin.awaitSourceOtherThan(source, plan.limit());
        return new Act(Act.Kind.FAILOVER, source, then, began, promoted, System.nanoTime(), null);
    }

    private void shell(String command, Map<String, String> told) {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c", command).inheritIO();
        builder.environment().putAll(told);
        try {
            Process process = builder.start();
            if (!process.waitFor(plan.limit().toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new ServerFailure("not ended within " + plan.limit().toSeconds() + " s: " + command);
            }
            if (process.exitValue() != 0) {
                throw new ServerFailure("ended with " + process.exitValue() + ": " + command);
            }
        } catch (IOException e) {
            throw new ServerFailure("cannot run /bin/sh: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailure("interrupted in: " + command, e);
        }
    }

    private void order(String sql) {
        try {
            client.execute(sql);
        } catch (SQLException e) {
            throw new ServerFailure(
                    e.getMessage() + "\n  in: " + sql + "\n  as " + client
                            + "; is Sluice running there, and does the account have the right?",
                    e);
        }
    }
}
