// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import io.sluice.drill.Workplace;
import io.sluice.drill.server.Directories;
import io.sluice.drill.server.ServerFailure;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;

/** Sluice before servers that the user has: reads only, and nothing of theirs is killed, changed or created. */
final class ExistingServersTour {
    private static final int READS = 300;

    private final TourOptions options;
    private final Workplace place;

    ExistingServersTour(TourOptions options, Workplace place) {
        this.options = options;
        this.place = place;
    }

    void run() {
        SluiceSettings settings = new SluiceSettings()
                .user(options.user(), options.password())
                .set("monitor.user", options.monitorUser())
                .set("monitor.password", options.monitorPassword())
                .admin("admin", "admin");
        options.servers().forEach(settings::server);
        Map<String, Long> before = selects();
        Console.title("Starting Sluice before " + String.join(", ", options.servers()));
        SluiceProcess sluice =
                SluiceProcess.start(settings, Directories.create(place.home().resolve("sluice")));
        place.closesLater(sluice::close);
        read(sluice);
        Console.title(READS + " reads of a table went through Sluice; each server counted (Com_select, all clients):");
        selects().forEach((server, count) -> Console.item(server, "+" + (count - before.getOrDefault(server, 0L))));
        Console.title("Try it");
        Console.item("client", "mysql -h127.0.0.1 -P" + settings.mysqlPort() + " -u" + options.user() + " -p");
        Console.item("admin", "mysql -h127.0.0.1 -P" + settings.adminPort() + " -uadmin -padmin");
        Console.item("metrics", "http://127.0.0.1:" + settings.httpPort() + "/metrics");
        Console.item("log of Sluice", sluice.logFile());
        if (options.once()) {
            Console.title("No failover: these servers are yours, so none of them is killed.");
        }
    }

    private void read(SluiceProcess sluice) {
        String url = "jdbc:mysql://127.0.0.1:" + sluice.port() + "/?allowPublicKeyRetrieval=true&socketTimeout=30000";
        try (Connection connection = DriverManager.getConnection(url, options.user(), options.password());
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < READS; i++) {
                SplitTour.first(statement, "SELECT COUNT(*) FROM information_schema.character_sets");
            }
        } catch (SQLException e) {
            throw new ServerFailure("a read through Sluice failed: " + e.getMessage() + ", see " + sluice.logFile(), e);
        }
    }

    private Map<String, Long> selects() {
        Map<String, Long> counts = new LinkedHashMap<>();
        for (String server : options.servers()) {
            String url = "jdbc:mysql://" + server + "/?allowPublicKeyRetrieval=true&connectTimeout=5000";
            try (Connection connection = DriverManager.getConnection(url, options.user(), options.password());
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Com_select'")) {
                rows.next();
                counts.put(server, rows.getLong(2));
            } catch (SQLException e) {
                throw new ServerFailure(
                        "cannot log in to " + server + " as " + options.user() + ": " + e.getMessage()
                                + "; give an account that exists on all servers by --user and --password",
                        e);
            }
        }
        return counts;
    }
}
