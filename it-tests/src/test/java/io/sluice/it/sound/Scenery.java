// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.sound;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The tables that statements of one script read. What the script itself does not make is made after the server's
 * complaints: a statement that ends at an unknown table or column shows nothing.
 */
final class Scenery {
    private static final int NO_SCHEMA = 1049;
    private static final int NO_COLUMN = 1054;
    private static final int NO_TABLE = 1146;
    private static final int REPAIRS_MAX = 12;

    private static final Pattern TABLE = Pattern.compile("Table '([^'.]+)\\.([^']+)' doesn't exist");
    private static final Pattern SCHEMA = Pattern.compile("Unknown database '([^']+)'");
    private static final Pattern COLUMN = Pattern.compile("Unknown column '([^']+)' in");

    private final Witness witness;
    private final String schema;
    /** In lower case, with what they are called. */
    private final Map<String, String> tables = new LinkedHashMap<>();

    private final Set<String> hopeless = new HashSet<>();
    private int repairs;

    Scenery(Witness witness, String schema) {
        this.witness = witness;
        this.schema = schema;
    }

    /** Runs what can be run of the script's own preparations. */
    void prepare(List<String> preparations) throws SQLException {
        witness.writable(true);
        attempt("DROP DATABASE IF EXISTS `" + schema + "`");
        attempt("CREATE DATABASE `" + schema + "` CHARACTER SET utf8mb4");
        witness.enter(schema);
        for (String sql : preparations) {
            attempt(sql);
            Matcher name = Pattern.compile("(?i)TABLE\\s+(?:IF NOT EXISTS\\s+)?`?(\\w+)`?")
                    .matcher(sql);
            if (name.find()) {
                tables.put(name.group(1).toLowerCase(Locale.ROOT), "`" + schema + "`.`" + name.group(1) + "`");
            }
        }
        witness.writable(false);
    }

    /** Runs a statement until nothing that it needs is missing, or nothing helps. */
    Witness.Outcome run(String sql) throws SQLException {
        Witness.Outcome outcome = witness.run(sql);
        repairs = 0;
        while (outcome.traces().isEmpty() && repairs++ < REPAIRS_MAX && repaired(sql, outcome)) {
            outcome = witness.run(sql);
        }
        return outcome;
    }

    private boolean repaired(String sql, Witness.Outcome outcome) throws SQLException {
        String message = outcome.message();
        if (outcome.error() == NO_TABLE || outcome.error() == NO_SCHEMA || outcome.error() == NO_COLUMN) {
            if (!hopeless.add(message + outcome.error() + sql)) {
                return false;
            }
            witness.writable(true);
            boolean done = repair(sql, message);
            witness.writable(false);
            return done;
        }
        return false;
    }

    private boolean repair(String sql, String message) {
        Matcher missing = SCHEMA.matcher(message);
        if (missing.find()) {
            return attempt("CREATE DATABASE `" + missing.group(1) + "`");
        }
        missing = TABLE.matcher(message);
        if (missing.find()) {
            String name = "`" + missing.group(1) + "`.`" + missing.group(2) + "`";
            tables.put(missing.group(2).toLowerCase(Locale.ROOT), name);
            return !missing.group(1).matches("(?i)mysql|sys|information_schema|performance_schema")
                    && attempt("CREATE TABLE " + name + " (id INT AUTO_INCREMENT PRIMARY KEY)")
                    && attempt("INSERT INTO " + name + " VALUES (1), (2)");
        }
        missing = COLUMN.matcher(message);
        if (!missing.find()) {
            return false;
        }
        String[] path = missing.group(1).split("\\.");
        String table = path.length > 1 ? aliased(path[path.length - 2], sql) : first(sql);
        return table != null
                && attempt(
                        "ALTER TABLE " + table + " ADD COLUMN `" + path[path.length - 1] + "` VARCHAR(40) DEFAULT '1'");
    }

    /** The table that an alias stands for. */
    private @Nullable String aliased(String alias, String sql) {
        String own = tables.get(alias.toLowerCase(Locale.ROOT));
        if (own != null) {
            return own;
        }
        Matcher names = Pattern.compile("(?i)`?(\\w+)`?\\s+(?:AS\\s+)?[`'\"]?" + Pattern.quote(alias) + "\\b")
                .matcher(sql);
        while (names.find()) {
            String table = tables.get(names.group(1).toLowerCase(Locale.ROOT));
            if (table != null) {
                return table;
            }
        }
        return null;
    }

    private @Nullable String first(String sql) {
        Matcher words = Pattern.compile("\\w+").matcher(sql);
        while (words.find()) {
            String table = tables.get(words.group().toLowerCase(Locale.ROOT));
            if (table != null) {
                return table;
            }
        }
        return null;
    }

    private boolean attempt(String sql) {
        try {
            witness.administer(sql);
            return true;
        } catch (SQLException e) {
            return false; // then the statement that wanted it shows less
        }
    }
}
