// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli.proxysql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a configuration of ProxySQL says: the rows of its tables, and its variables by their full names. */
public final class Origin {
    private final Map<String, List<Row>> tables = new LinkedHashMap<>();
    private final Map<String, String> variables = new LinkedHashMap<>();

    /** One row; a column that is not given is one at its default. */
    record Row(int line, Map<String, String> values) {
        /** Of a column by its name in lower case; null if it has no value. */
        @Nullable
        String text(String name) {
            return values.get(name);
        }

        String text(String name, String initial) {
            String value = text(name);
            return value == null ? initial : value;
        }

        boolean is(String name, boolean initial) {
            String value = text(name);
            return value == null ? initial : value.equals("1") || value.equalsIgnoreCase("true");
        }
    }

    /** What is no configuration of ProxySQL, with the place. */
    public static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1L;

        Unreadable(Scanner at, String message) {
            super(at.line() + ":" + at.column() + ": " + message);
        }
    }

    /**
     * Reads a configuration file (libconfig), or a dump of the admin database.
     *
     * @throws Unreadable with line and column
     */
    public static Origin read(String text) throws Unreadable {
        return DumpReader.isDump(text) ? DumpReader.read(text) : LibconfigReader.read(text);
    }

    /** Columns have names in lower case. */
    void add(String table, Row row) {
        tables.computeIfAbsent(table, unseen -> new ArrayList<>()).add(row);
    }

    void set(String variable, String value) {
        variables.put(variable, value);
    }

    /** Empty if there is no such table; each is asked for once. */
    List<Row> take(String table) {
        List<Row> rows = tables.remove(table);
        return rows == null ? List.of() : rows;
    }

    /** Null if it is not set; each is asked for once. */
    @Nullable
    String takeVariable(String name) {
        return variables.remove(name);
    }

    /** How many rows the tables have that nobody has asked for. */
    Map<String, Integer> otherTables() {
        Map<String, Integer> others = new LinkedHashMap<>();
        tables.forEach((name, rows) -> others.put(name, rows.size()));
        return others;
    }

    List<String> otherVariables() {
        return List.copyOf(variables.keySet());
    }
}
