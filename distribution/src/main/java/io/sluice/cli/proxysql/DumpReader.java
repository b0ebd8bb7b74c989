// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli.proxysql;

import io.sluice.cli.proxysql.Origin.Row;
import io.sluice.cli.proxysql.Origin.Unreadable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the INSERT statements of a dump, as sqlite3's .dump and mysqldump write them; other statements are passed over. */
final class DumpReader {
    private static final Pattern DUMP =
            Pattern.compile("(?im)^\\s*(INSERT|REPLACE|CREATE\\s+TABLE|PRAGMA|BEGIN)\\b[^=]*?(;|\\(|VALUES)");
    private static final Pattern SQLITE = Pattern.compile("(?im)^\\s*(PRAGMA\\s|BEGIN\\s+TRANSACTION)");
    private static final Set<String> NO_COLUMNS =
            Set.of("primary", "unique", "check", "foreign", "constraint", "key", "index");

    private final Scanner in;
    /** In SQLite's texts a backslash is a character like others. */
    private final boolean backslash;

    private final Map<String, List<String>> columns = new HashMap<>();
    private final Origin origin = new Origin();

    private DumpReader(String text) {
        in = new Scanner(text);
        backslash = !SQLITE.matcher(text).find();
    }

    static boolean isDump(String text) {
        return DUMP.matcher(text).find();
    }

    static Origin read(String text) throws Unreadable {
        DumpReader reader = new DumpReader(text);
        while (reader.statement()) {
            // goes on
        }
        return reader.origin;
    }

    /** False at the end. */
    private boolean statement() throws Unreadable {
        skip();
        if (in.atEnd()) {
            return false;
        }
        String verb = word();
        if (verb.equals("create") && takeWord("table")) {
            create();
        } else if (verb.equals("insert") || verb.equals("replace")) {
            if (takeWord("or") || takeWord("ignore")) {
                takeWord("replace");
                takeWord("ignore");
            }
            takeWord("into");
            insert();
        }
        rest();
        return true;
    }

    private void create() throws Unreadable {
        if (takeWord("if")) {
            takeWord("not");
            takeWord("exists");
        }
        String table = table();
        skip();
        if (!in.take("(")) {
            return;
        }
        List<String> names = new ArrayList<>();
        boolean first = true;
        int depth = 1;
        while (depth > 0) {
            skip();
            if (first && depth == 1) {
                String name = name();
                if (!NO_COLUMNS.contains(name)) {
                    names.add(name);
                }
                first = false;
                continue;
            }
            char c = in.peek();
            if (c == '\'' || c == '"' || c == '`') {
                quoted(c);
                continue;
            }
            in.next();
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            first = c == ',' && depth == 1;
        }
        columns.put(table, names);
    }

    private void insert() throws Unreadable {
        String table = table();
        skip();
        List<String> names = columns.get(table);
        if (in.take("(")) {
            names = new ArrayList<>();
            do {
                skip();
                names.add(name());
                skip();
            } while (in.take(","));
            expect(")");
        }
        if (names == null) {
            throw new Unreadable(
                    in,
                    "the columns of " + table + " are not known; dump its CREATE TABLE as well, or name"
                            + " them (mysqldump --complete-insert)");
        }
        skip();
        if (!takeWord("values")) {
            throw new Unreadable(in, "VALUES is expected, not " + in.here());
        }
        do {
            skip();
            int line = in.line();
            expect("(");
            Map<String, String> values = new LinkedHashMap<>();
            for (String name : names) {
                skip();
                String value = value();
                if (value != null) {
                    values.put(name, value);
                }
                skip();
                if (!in.take(",")) {
                    break;
                }
            }
            expect(")");
            add(table, new Row(line, values));
            skip();
        } while (in.take(","));
    }

    private void add(String table, Row row) {
        String variable = row.text("variable_name");
        if (table.equals("global_variables") && variable != null) {
            origin.set(variable, row.text("variable_value", ""));
        } else if (!table.startsWith("runtime_") && !table.startsWith("stats_") && !table.startsWith("sqlite_")) {
            origin.add(table, row);
        }
    }

    /** Without its schema. */
    private String table() throws Unreadable {
        skip();
        String name = name();
        skip();
        return in.take(".") ? name() : name;
    }

    /** In lower case. */
    private String name() throws Unreadable {
        char c = in.peek();
        String name = c == '\'' || c == '"' || c == '`' ? quoted(c) : word();
        if (name.isEmpty()) {
            throw new Unreadable(in, "a name is expected, not " + in.here());
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private @Nullable String value() throws Unreadable {
        char c = in.peek();
        if (c == '\'' || c == '"') {
            return quoted(c);
        }
        String word = in.takeWhile(x -> Character.isLetterOrDigit(x) || x == '.' || x == '-' || x == '+');
        if (word.isEmpty()) {
            throw new Unreadable(in, "a value is expected, not " + in.here());
        }
        return word.equalsIgnoreCase("null") ? null : word;
    }

    private String quoted(char quote) throws Unreadable {
        StringBuilder text = new StringBuilder();
        in.next();
        while (true) {
            char c = in.next();
            if (c == quote) {
                if (in.peek() != quote) {
                    return text.toString();
                }
                text.append(in.next());
            } else if (c == '\\' && backslash) {
                char escaped = in.next();
                text.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped == '0' ? '\0' : escaped);
            } else {
                text.append(c);
            }
        }
    }

    /** In lower case; empty if there is none. */
    private String word() {
        skip();
        return in.takeWhile(c -> Character.isLetterOrDigit(c) || c == '_').toLowerCase(Locale.ROOT);
    }

    private boolean takeWord(String wanted) {
        skip();
        if (!in.sees(wanted) && !in.sees(wanted.toUpperCase(Locale.ROOT))) {
            return false;
        }
        return word().equals(wanted);
    }

    private void expect(String sign) throws Unreadable {
        skip();
        if (!in.take(sign)) {
            throw new Unreadable(in, "'" + sign + "' is expected, not " + in.here());
        }
    }

    /** To behind the semicolon that ends the statement. */
    private void rest() throws Unreadable {
        while (!in.atEnd() && !in.take(";")) {
            char c = in.peek();
            if (c == '\'' || c == '"' || c == '`') {
                quoted(c);
            } else if (in.sees("--") || in.sees("/*")) {
                skip();
            } else {
                in.next();
            }
        }
    }

    private void skip() {
        while (true) {
            in.skipSpace();
            if (in.sees("-- ") || in.sees("--\n") || in.sees("#")) {
                in.skipTo("\n");
            } else if (in.take("/*")) {
                in.skipTo("*/");
            } else {
                return;
            }
        }
    }
}
