// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import io.sluice.drill.server.ServerFailure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The options of the quickstart as bin/quickstart passes them on; their words for people stand there. */
record TourOptions(
        Path home,
        boolean once,
        Optional<Path> mysqld,
        List<String> servers,
        String user,
        String password,
        String monitorUser,
        String monitorPassword) {

    TourOptions {
        servers = List.copyOf(servers);
    }

    static TourOptions parse(String[] args) {
        Map<String, String> given = new HashMap<>();
        boolean once = false;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--once")) {
                once = true;
            } else if (args[i].startsWith("--") && i + 1 < args.length) {
                given.put(args[i].substring(2), args[++i]);
            } else {
                throw new ServerFailure("unknown option " + args[i]);
            }
        }
        String home = given.get("home");
        if (home == null) {
            throw new ServerFailure("--home is missing: the directory for data and logs");
        }
        String user = given.getOrDefault("user", "app");
        String password = given.getOrDefault("password", environment("SLUICE_PASSWORD", ""));
        return new TourOptions(
                Path.of(home),
                once,
                Optional.ofNullable(given.get("mysqld")).map(Path::of),
                given.containsKey("servers") ? List.of(given.get("servers").split(",", -1)) : List.of(),
                user,
                password,
                given.getOrDefault("monitor-user", user),
                given.getOrDefault("monitor-password", environment("SLUICE_MONITOR_PASSWORD", password)));
    }

    private static String environment(String name, String otherwise) {
        String value = System.getenv(name);
        return value == null ? otherwise : value;
    }
}
