// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.sound;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.it.Lab;
import io.sluice.it.sound.Verdicts.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs what is classed a read on a read-only server and looks whether it is one: no error of a read-only server, no
 * new GTID, no transaction, lock, variable or temporary table left. And runs the queries that go to the source there
 * as well: those that could have been served are what the classifier costs.
 *
 * <p>By default our own statements, and some scripts of the regression suites that are installed; all of them with
 * {@code -Dsluice.soundness=full}, and whatever else is in directories named by {@code -Dsluice.soundness.corpus}.
 */
final class SoundnessIT {
    private static final String OWN = "statements.sql";
    private static final int SCRIPTS_BY_DEFAULT = 8;

    /** Where Debian's packages have the scripts of the regression suites. */
    private static final List<String> SUITES = List.of(
            "/usr/share/mysql/mysql-test/main",
            "/usr/lib/mysql-test/t",
            System.getenv().getOrDefault("SLUICE_CACHE", System.getProperty("user.home") + "/.cache/sluice")
                    + "/suites/mysql-test-root/usr/lib/mysql-test/t");

    @Test
    void lets_no_statement_that_is_classed_a_read_leave_a_trace_on_a_replica() throws Exception {
        try (ReplicationTopology topology = Lab.newTopology("sound", 0)) {
            MysqldProcess server = topology.source();
            boolean mariadb = Lab.flavor().isMariaDb();
            createReader(server);
            Path home = Lab.newHome("soundness");
            List<Script> scripts = scripts();
            Verdicts verdicts = Verdicts.of(texts(scripts), server.query("SELECT VERSION()"), home);
            Tally all = new Tally();
            Set<String> seen = new HashSet<>();
            try (Witness witness = new Witness(server, mariadb)) {
                for (Script script : scripts) {
                    Tally tally = run(script, verdicts, witness, seen);
                    System.out.println(script.name() + ": " + tally);
                    tally.violations().forEach(System.out::println);
                    all.add(tally);
                    if (script.name().equals(OWN)) {
                        assertThat(tally.ran()).isGreaterThan(95);
                        assertThat(tally.lostShare()).isLessThan(0.01);
                    }
                }
            }
            System.out.println("all: " + all);
            Files.write(home.resolve("violations.tsv"), all.violations());
            Files.write(home.resolve("withheld.tsv"), all.withheldTexts());
            assertThat(all.violations()).isEmpty();
        }
    }

    /** MariaDB holds read_only against accounts alone that have not all rights. */
    static void createReader(MysqldProcess server) {
        if (Lab.flavor().isMariaDb()) {
            server.execute(
                    "CREATE USER reader@'%' IDENTIFIED BY 'reader'",
                    "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, FILE, INDEX, ALTER, CREATE TEMPORARY TABLES,"
                            + " LOCK TABLES, EXECUTE, CREATE VIEW, SHOW VIEW, PROCESS ON *.* TO reader@'%'");
        }
    }

    /** Each statement once in all; what the same digest stands for again shows nothing new. */
    static Tally run(Script script, Verdicts verdicts, Witness witness, Set<String> seen) throws SQLException {
        Tally tally = new Tally();
        Scenery scenery = null;
        for (Script.Line line : script.lines()) {
            Verdict verdict = verdicts.of(line.sql());
            boolean other = isQueryForTheSource(line.sql(), verdict);
            if ((!verdict.isRead() && !other) || !seen.add(verdict.digest())) {
                continue;
            }
            if (scenery == null) {
                scenery = new Scenery(witness, "sound");
                scenery.prepare(script.preparations());
            }
            if (verdict.isRead()) {
                tally.read(script.name(), line, verdict, scenery.run(line.sql()));
            } else {
                tally.other(script.name(), line, verdict, scenery.run(line.sql()));
            }
        }
        return tally;
    }

    /** Not those that would do more than read: what they do is known. */
    private static boolean isQueryForTheSource(String sql, Verdict verdict) {
        String text = sql.toUpperCase(Locale.ROOT).replaceFirst("^[(\\s]+", "");
        return (verdict.statementClass().equals("W") || verdict.statementClass().equals("RP"))
                && (text.startsWith("SELECT") || text.startsWith("WITH") || text.startsWith("SHOW"))
                && !text.matches(".*\\b(INTO|SHARE|UPDATE)\\b.*")
                && !text.contains("SLEEP");
    }

    static List<String> texts(List<Script> scripts) {
        Set<String> texts = new LinkedHashSet<>();
        scripts.forEach(script -> script.lines().forEach(line -> texts.add(line.sql())));
        return List.copyOf(texts);
    }

    /** Those that the properties ask for. */
    static List<Script> scripts() throws IOException {
        List<Script> scripts = givenScripts();
        List<Path> suites = suites();
        if (!isFull()) {
            Collections.shuffle(suites, printedSeed());
        }
        suites.stream()
                .limit(isFull() ? suites.size() : hasCorpus() ? 0 : SCRIPTS_BY_DEFAULT)
                .forEach(file -> scripts.add(Script.read(file)));
        return scripts;
    }

    /** Each text once: all of them, or as many as given from anywhere in the suites, beside our own. */
    static Set<String> texts(int sample) throws IOException {
        Set<String> texts = new LinkedHashSet<>(texts(givenScripts()));
        List<String> others = new ArrayList<>();
        if (isFull() || !hasCorpus()) {
            others.addAll(texts(suites().stream().map(Script::read).toList()));
        }
        if (!isFull()) {
            Collections.shuffle(others, printedSeed());
        }
        texts.addAll(others.subList(0, isFull() ? others.size() : Math.min(sample, others.size())));
        return texts;
    }

    private static boolean isFull() {
        return "full".equals(System.getProperty("sluice.soundness"));
    }

    private static boolean hasCorpus() {
        return !System.getProperty("sluice.soundness.corpus", "").isEmpty();
    }

    private static Random printedSeed() {
        long seed = Long.getLong("seed", new Random().nextLong(1_000_000));
        System.out.println("-Dseed=" + seed);
        return new Random(seed);
    }

    /** Our own, and those of the directories that were named. */
    private static List<Script> givenScripts() throws IOException {
        List<Script> scripts = new ArrayList<>(List.of(Script.ofResource(OWN)));
        if (hasCorpus()) {
            for (String directory :
                    System.getProperty("sluice.soundness.corpus").split(":", -1)) {
                files(Path.of(directory)).forEach(file -> scripts.add(Script.read(file)));
            }
        }
        return scripts;
    }

    private static List<Path> suites() throws IOException {
        List<Path> suites = new ArrayList<>();
        for (String directory : SUITES) {
            suites.addAll(Files.isDirectory(Path.of(directory)) ? files(Path.of(directory)) : List.of());
        }
        return suites;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().matches(".*\\.(jsonl|sql|test)"))
                    .sorted()
                    .toList();
        }
    }
}
