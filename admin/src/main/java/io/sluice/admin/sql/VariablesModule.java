// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ConfigControl;
import io.sluice.core.view.ServerControl.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** MYSQL VARIABLES and the like: those rows of global_variables whose names begin so. */
final class VariablesModule implements ConfigModule {
    static final String TABLE = "global_variables";
    /** What SQL calls to hide the monitor's password, by whether it is the one in force. */
    static final String PASSWORD_FUNCTION = "sluice_monitor_password";

    private static final String OTHER_SECRET = Variable.HIDDEN + " (another)";

    private final String prefix;
    private final Variables all;
    private final Map<String, Variable> variables;
    private final ConfigControl file;

    VariablesModule(String prefix, Variables all, ConfigControl file) {
        this.prefix = prefix;
        this.all = all;
        this.variables = all.of(prefix);
        this.file = file;
    }

    /** What the table shows in place of a password. */
    static String hidden(String password, SluiceConfig atStart) {
        return password.equals(atStart.monitor().password().reveal()) ? Variable.HIDDEN : OTHER_SECRET;
    }

    @Override
    public String words() {
        return prefix.toUpperCase(Locale.ROOT) + " VARIABLES";
    }

    @Override
    public String table() {
        return TABLE;
    }

    @Override
    public String rows() {
        return "variable_name LIKE '" + prefix + "-%'";
    }

    /** What counts after a restart only is the file's. */
    @Override
    public String rowsForStart() {
        return variables.values().stream()
                .filter(Variable::isChangeable)
                .map(variable -> "'" + variable.name() + "'")
                .collect(Collectors.joining(", ", "variable_name IN (", ")"));
    }

    @Override
    public List<String> keys() {
        return List.of("variable_name");
    }

    @Override
    public String columns() {
        return "variable_name VARCHAR NOT NULL PRIMARY KEY, variable_value VARCHAR NOT NULL";
    }

    /** Secrets do not stay in the table, and names of one setting have one value. */
    @Override
    public List<String> triggers() {
        List<String> triggers = new ArrayList<>();
        for (String event : List.of("INSERT", "UPDATE OF variable_value")) {
            String name = prefix + "_" + event.substring(0, 6).toLowerCase(Locale.ROOT);
            int number = 0;
            for (List<String> names : all.synonyms()) {
                if (names.get(0).startsWith(prefix + "-")) {
                    String list =
                            names.stream().map(one -> "'" + one + "'").collect(Collectors.joining(", ", "(", ")"));
                    triggers.add(
                            "CREATE TRIGGER main.same_" + name + "_" + number++ + " AFTER " + event + " ON " + TABLE
                                    + " WHEN NEW.variable_name IN " + list + " BEGIN UPDATE " + TABLE
                                    + " SET variable_value = NEW.variable_value WHERE variable_name IN " + list
                                    + " AND variable_value <> NEW.variable_value; END");
                }
            }
            if (variables.containsKey(Variables.MONITOR_PASSWORD)) {
                triggers.add(
                        hides(name, event, Variables.MONITOR_PASSWORD, PASSWORD_FUNCTION + "(NEW.variable_value)"));
            }
            if (variables.containsKey(Variables.CREDENTIALS)) {
                triggers.add(hides(name, event, Variables.CREDENTIALS, "'" + OTHER_SECRET + "'"));
            }
        }
        return triggers;
    }

    private static String hides(String name, String event, String variable, String shown) {
        return "CREATE TRIGGER main.hide_" + name + " AFTER " + event + " ON " + TABLE + " WHEN NEW.variable_name = '"
                + variable + "' AND NEW.variable_value NOT IN ('" + Variable.HIDDEN + "', '" + OTHER_SECRET
                + "') BEGIN UPDATE " + TABLE + " SET variable_value = " + shown + " WHERE variable_name = '" + variable
                + "'; END";
    }

    @Override
    public List<@Nullable Object[]> ofFile(SluiceConfig config) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        variables
                .values()
                .forEach(variable -> rows.add(new @Nullable Object[] {variable.name(), variable.shown(config)}));
        return rows;
    }

    @Override
    public List<@Nullable Object[]> ofFileForStart(SluiceConfig config) {
        List<@Nullable Object[]> rows = ofFile(config);
        rows.removeIf(row ->
                !Objects.requireNonNull(variables.get(String.valueOf(row[0]))).isChangeable());
        return rows;
    }

    @Override
    public List<@Nullable Object[]> ofRuntime() {
        return ofFile(file.settings());
    }

    /** What counts after a restart only is not there yet. */
    @Override
    public List<@Nullable Object[]> ofReloaded(SluiceConfig config) {
        return ofRuntime();
    }

    /** The others are the file's at a start. */
    @Override
    public List<String> problems(List<ConfigRow> rows) {
        List<String> problems = new ArrayList<>();
        for (ConfigRow row : rows) {
            Variable variable = variables.get(row.required("variable_name"));
            if (variable != null && variable.isChangeable()) {
                variable.canonical(row.required("variable_value"), problems);
            }
        }
        return problems;
    }

    /** Those that are missing stay as they are. */
    @Override
    public void toRuntime(List<ConfigRow> rows) throws SqlRefused {
        SluiceConfig now = file.settings();
        List<String> problems = new ArrayList<>();
        Map<String, String> texts = new TreeMap<>();
        for (ConfigRow row : rows) {
            String name = row.required("variable_name");
            Variable variable = variables.get(name);
            if (variable == null) {
                problems.add(String.valueOf(all.unknown(name).getMessage()));
                continue;
            }
            String wanted = variable.canonical(row.required("variable_value"), problems);
            String before = variable.shown(now);
            if (wanted.equals(before)) {
                continue;
            }
            if (variable.isChangeable()) {
                texts.put(variable.key(), variable.inFile(wanted));
            } else {
                problems.add(name + " cannot be changed while Sluice runs: " + variable.remedy() + "; here, set it to '"
                        + before + "' again");
            }
        }
        if (!problems.isEmpty()) {
            throw SqlRefused.notLoaded(problems);
        }
        change(texts);
    }

    private void change(Map<String, String> texts) throws SqlRefused {
        if (texts.isEmpty()) {
            return;
        }
        try {
            file.change(texts);
        } catch (Refused refused) {
            String message = String.valueOf(refused.getMessage());
            for (Variable variable : variables.values()) {
                if (texts.containsKey(variable.key())) {
                    message = message.replace(variable.key() + ": ", variable.name() + ", which is that key: ");
                }
            }
            throw SqlRefused.of("nothing was loaded: " + message);
        }
    }
}
