// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import io.sluice.drill.Workplace;
import io.sluice.drill.load.Access;
import io.sluice.drill.load.Row;
import io.sluice.drill.server.Directories;
import io.sluice.drill.server.MysqldProcess;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.ServerFailure;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;

/** Starts the servers and Sluice, and lets statements tell which server answered them. */
final class SplitTour {
    private static final int READS = 200;

    private final ReplicationTopology topology;
    private final SluiceProcess sluice;

    SplitTour(ServerBinaries binaries, Workplace place) {
        Console.title("Starting a source and two replicas ("
                + (binaries.flavor().isMariaDb() ? "" : "MySQL ") + binaries.version() + "), and Sluice before them");
        long begin = System.nanoTime();
        topology = ReplicationTopology.start(binaries, place.home().resolve("servers"), 2);
        place.closesLater(topology::close);
        topology.servers()
                .forEach(server -> Console.item(server == topology.source() ? "source" : "replica", server.address()));
        markServers();
        long servers = System.nanoTime();
        SluiceSettings settings = SluiceSettings.of(topology).admin("admin", "admin");
        sluice = SluiceProcess.start(settings, Directories.create(place.home().resolve("sluice")));
        place.closesLater(sluice::close);
        Console.item("Sluice", "127.0.0.1:" + sluice.port());
        Console.item(
                "ready after",
                seconds(begin, servers) + " s for the servers, " + seconds(servers, System.nanoTime())
                        + " s for Sluice");
    }

    ReplicationTopology topology() {
        return topology;
    }

    SluiceProcess sluice() {
        return sluice;
    }

    /** Each server gets a row of its own, kept out of the binary log: a read of it tells who answered. */
    private void markServers() {
        topology.source()
                .execute(
                        "CREATE DATABASE tour",
                        "CREATE TABLE tour.who (answered_by VARCHAR(40) PRIMARY KEY)",
                        "CREATE TABLE tour.writes (" + Row.COLUMNS + ", written_on VARCHAR(40))");
        topology.awaitCaughtUp();
        String unlock = topology.flavor().isMariaDb() ? "SET GLOBAL read_only=0" : "SET GLOBAL super_read_only=0";
        String lock = topology.flavor().isMariaDb() ? "SET GLOBAL read_only=1" : "SET GLOBAL super_read_only=1";
        for (MysqldProcess server : topology.servers()) {
            String insert = "INSERT INTO tour.who VALUES ('" + server.address() + "')";
            if (server == topology.source()) {
                server.execute("SET sql_log_bin=0", insert);
            } else {
                server.execute("SET sql_log_bin=0", unlock, insert, lock);
            }
        }
    }

    void run() {
        Console.title("Who answered? Every server has its own row in tour.who; the same client asks Sluice:");
        try (Connection connection = access(sluice, "app").connect();
                Statement statement = connection.createStatement()) {
            show("SELECT answered_by FROM tour.who", named(first(statement, "SELECT answered_by FROM tour.who")));
            showReads(statement);
            showWrite(statement);
            statement.execute("BEGIN");
            show("BEGIN; SELECT ...; COMMIT", named(first(statement, "SELECT answered_by FROM tour.who")));
            statement.execute("COMMIT");
            show("SELECT ... FOR UPDATE", named(first(statement, "SELECT answered_by FROM tour.who FOR UPDATE")));
        } catch (SQLException e) {
            throw new ServerFailure(
                    "a statement through Sluice failed: " + e.getMessage() + ", see " + sluice.logFile(), e);
        }
        showAddresses();
    }

    /** The row is asked of the source: where statements are replicated (MariaDB), a replica fills in its own name. */
    private void showWrite(Statement statement) throws SQLException {
        statement.execute("INSERT INTO tour.writes SELECT 0, 0, answered_by FROM tour.who");
        String server = named(first(statement, "SELECT written_on FROM tour.writes WHERE writer = 0 FOR UPDATE"));
        show("INSERT INTO tour.writes SELECT ...", server);
        if (!server.startsWith("source")) {
            throw new ServerFailure("a write was executed by " + server + "; see " + sluice.logFile());
        }
    }

    private void showReads(Statement statement) throws SQLException {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < READS; i++) {
            answers.merge(
                    named(first(statement, "SELECT answered_by FROM tour.who WHERE " + i + " = " + i)),
                    1,
                    Integer::sum);
        }
        StringBuilder text = new StringBuilder();
        answers.forEach((server, count) -> text.append(text.length() == 0 ? "" : ", ")
                .append(count)
                .append(" by ")
                .append(server));
        show("that " + READS + " times", text.toString());
        if (answers.keySet().stream().noneMatch(server -> server.startsWith("replica"))) {
            throw new ServerFailure("no read was answered by a replica; see " + sluice.logFile()
                    + " and http://127.0.0.1:" + sluice.settings().httpPort() + "/metrics");
        }
    }

    private void showAddresses() {
        SluiceSettings settings = sluice.settings();
        Console.title("Try it");
        Console.item("client", "mysql -h127.0.0.1 -P" + settings.mysqlPort() + " -uapp -papp app");
        Console.item("DSN", "mysql://app:app@127.0.0.1:" + settings.mysqlPort() + "/app");
        Console.item("JDBC", "jdbc:mysql://127.0.0.1:" + settings.mysqlPort() + "/app?user=app&password=app");
        Console.item("admin", "mysql -h127.0.0.1 -P" + settings.adminPort() + " -uadmin -padmin");
        Console.item("dashboard", "http://127.0.0.1:" + settings.httpPort() + "/");
        Console.item("metrics", "http://127.0.0.1:" + settings.httpPort() + "/metrics");
        Console.item("log of Sluice", sluice.logFile());
    }

    private String named(String address) {
        return (address.equals(topology.source().address()) ? "source " : "replica ") + address;
    }

    private static void show(String statement, String answer) {
        Console.item(statement, "-> " + answer);
    }

    static Access access(SluiceProcess sluice, String schema) {
        return new Access("127.0.0.1", sluice.port(), "app", "app", schema);
    }

    static String first(Statement statement, String sql) throws SQLException {
        try (ResultSet rows = statement.executeQuery(sql)) {
            String value = rows.next() ? rows.getString(1) : null;
            return value == null ? "" : value;
        }
    }

    private static String seconds(long from, long to) {
        return String.format(java.util.Locale.ROOT, "%.1f", (to - from) / 1e9);
    }
}
