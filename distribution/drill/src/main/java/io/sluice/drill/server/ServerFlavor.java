// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The servers that Sluice promises to work with, and how each spells replication. */
public enum ServerFlavor {
    MYSQL_9_7("9.7", Spelling.REPLICA),
    MYSQL_8_0("8.0", Spelling.SLAVE),
    MARIADB("mariadb", Spelling.MARIADB),
    MARIADB_11("mariadb11", Spelling.MARIADB);

    /** MySQL renamed its statements in 8.0.23; MariaDB kept the old words and has GTIDs of its own. */
    enum Spelling {
        REPLICA,
        SLAVE,
        MARIADB
    }

    private final String label;
    private final Spelling spelling;

    ServerFlavor(String label, Spelling spelling) {
        this.label = label;
        this.spelling = spelling;
    }

    /** "9.7", "8.0", "mariadb" or "mariadb11", as the command line and the system property {@code sluice.it.flavor} say it. */
    public String label() {
        return label;
    }

    public boolean isMariaDb() {
        return spelling == Spelling.MARIADB;
    }

    Spelling spelling() {
        return spelling;
    }

    public static ServerFlavor parse(String label) {
        for (ServerFlavor flavor : values()) {
            if (flavor.label.equals(label)) {
                return flavor;
            }
        }
        throw new ServerFailure("unknown server flavor '" + label + "'; known: 9.7, 8.0, mariadb, mariadb11");
    }

    /** From the answer of {@code mysqld --version}: releases before 8.0.23 speak as 8.0.15 does, later ones as 9.7. */
    static ServerFlavor ofVersion(String version) {
        Matcher numbers = Pattern.compile("Ver\\s+(\\d+)\\.(\\d+)\\.(\\d+)").matcher(version);
        if (!numbers.find()) {
            throw new ServerFailure("cannot tell a server version from: " + version.strip());
        }
        int number = Integer.parseInt(numbers.group(1)) * 10000
                + Integer.parseInt(numbers.group(2)) * 100
                + Integer.parseInt(numbers.group(3));
        if (version.toLowerCase(Locale.ROOT).contains("mariadb")) {
            return number < 110000 ? MARIADB : MARIADB_11;
        }
        return number < 80023 ? MYSQL_8_0 : MYSQL_9_7;
    }
}
