// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** SET, SHOW VARIABLES and SELECT @@variable, as statements about the table global_variables. */
final class VariableStatements {
    private static final Pattern NAME = Pattern.compile("(mysql|admin|sluice)-\\w+");
    /** Whose variables are shown; those without a prefix are of sessions, and those of drivers among them. */
    private static final Map<String, String> SHOWN = new TreeMap<>(Map.of(
            "mysql", "mysql-%",
            "admin", "admin-%",
            "sluice", "sluice-%",
            "all", "%"));

    private static final Set<String> WITH_DRIVERS = Set.of("global", "session", "local");

    private final Variables variables;
    private final Map<String, String> ofDrivers;

    /** @param ofDrivers variables that are none of the configuration's, which drivers ask for */
    VariableStatements(Variables variables, Map<String, String> ofDrivers) {
        this.variables = variables;
        this.ofDrivers = ofDrivers;
    }

    /**
     * The query that shows what the statement wants to see; null if it is none about variables.
     *
     * @param sql with these words
     */
    @Nullable
    String translate(String sql, List<Word> words) throws SqlRefused {
        if (words.size() > 1 && words.get(0).is("select") && words.get(1).text().startsWith("@@")) {
            String name = known(text(sql, words, 1).substring(2));
            return "SELECT variable_value AS \"@@" + name + "\" FROM main." + VariablesModule.TABLE
                    + " WHERE variable_name = '" + name + "'";
        }
        if (words.size() < 2 || !words.get(0).is("show")) {
            return null;
        }
        String kind = words.get(1).lower();
        boolean named = SHOWN.containsKey(kind) || WITH_DRIVERS.contains(kind);
        int at = named ? 2 : 1;
        if (at >= words.size() || !words.get(at).is("variables")) {
            return null;
        }
        String from = "SELECT variable_name AS Variable_name, variable_value AS Value FROM main."
                + VariablesModule.TABLE + " WHERE variable_name LIKE '" + SHOWN.getOrDefault(kind, "%") + "'"
                + (SHOWN.containsKey(kind) ? "" : " UNION ALL VALUES " + values());
        return "SELECT * FROM (" + from + ") WHERE " + condition(sql, words, at + 1) + " ORDER BY 1";
    }

    private String values() {
        return ofDrivers.entrySet().stream()
                .map(entry -> "(" + quoted(entry.getKey()) + ", " + quoted(entry.getValue()) + ")")
                .collect(Collectors.joining(", "));
    }

    private static String condition(String sql, List<Word> words, int at) throws SqlRefused {
        int end = words.size();
        while (end > at && words.get(end - 1).is(";")) {
            end--;
        }
        if (at == end) {
            return "1";
        }
        if (words.get(at).is("like") && at + 2 == end) {
            return "Variable_name LIKE " + quoted(words.get(at + 1).text()) + " ESCAPE '\\'";
        }
        if (words.get(at).is("where") && at + 1 < end) {
            return "(" + text(sql, words, at + 1) + ")";
        }
        throw SqlRefused.of("'" + words.get(at).text() + "' is not expected there; write SHOW [MYSQL | ADMIN | SLUICE |"
                + " ALL] VARIABLES [LIKE 'pattern']");
    }

    /** The change that SET of a variable of the configuration is; null if it is none of that. */
    @Nullable
    String change(String sql, List<Word> words) throws SqlRefused {
        if (words.isEmpty()) {
            return null;
        }
        int begin = words.size() > 1 && words.get(1).is("global") ? 2 : 1;
        int equals = 0;
        while (equals < words.size() && !words.get(equals).is("=")) {
            equals++;
        }
        if (!words.get(0).is("set") || begin >= equals || equals + 1 >= words.size()) {
            return null;
        }
        Word first = words.get(begin);
        int last = words.get(equals - 1).is(":") ? equals - 2 : equals - 1; // SET a := b
        String name = begin == last
                ? first.text()
                : sql.substring(first.begin(), words.get(last).end()).replaceAll("\\s", "");
        return "UPDATE main." + VariablesModule.TABLE + " SET variable_value = " + quoted(value(sql, words, equals + 1))
                + " WHERE variable_name = '" + known(name) + "'";
    }

    private static String value(String sql, List<Word> words, int at) throws SqlRefused {
        int end = words.size();
        while (end > at + 1 && words.get(end - 1).is(";")) {
            end--;
        }
        if (end == at + 1) {
            return words.get(at).text();
        }
        if (words.subList(at, end).stream().anyMatch(word -> word.is(","))) {
            throw SqlRefused.of("set one variable at a time, and put a value that has commas into quotes");
        }
        return text(sql, words, at);
    }

    /** From that word to the end of the statement. */
    private static String text(String sql, List<Word> words, int from) {
        int end = words.size();
        while (end > from + 1 && words.get(end - 1).is(";")) {
            end--;
        }
        return sql.substring(words.get(from).begin(), words.get(end - 1).end());
    }

    /** An edit of the table that names a variable which there is not would change nothing. */
    void refuseUnknown(List<Word> words) throws SqlRefused {
        for (Word word : words) {
            if (word.literal() && NAME.matcher(word.lower()).matches()) {
                known(word.text());
            }
        }
    }

    private String known(String name) throws SqlRefused {
        String lower = name.toLowerCase(Locale.ROOT);
        if (!variables.has(lower)) {
            throw variables.unknown(name);
        }
        return lower;
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }
}
