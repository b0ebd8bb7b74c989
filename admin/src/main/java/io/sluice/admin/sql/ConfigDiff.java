// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.view.ConfigControl;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.protocol.codec.TextResultSet;
import io.sluice.protocol.codec.TextResultSet.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** SLUICE DIFF: what memory, runtime, disk and file do not agree on, row by row. For the database's thread. */
final class ConfigDiff {
    private static final String FILE = "file";
    private static final List<String> LAYERS = List.of("memory", "runtime", "disk", FILE);
    private static final List<Column> COLUMNS = Stream.concat(Stream.of("module", "row", "column"), LAYERS.stream())
            .map(name -> new Column(name, TextResultSet.Type.STRING))
            .toList();
    /** In the place of a column's name: whether the row is there at all. */
    private static final String WHOLE_ROW = "(row)";

    private static final String PASSWORD = "password";

    private final List<ConfigModule> modules;
    private final Sqlite sqlite;
    private final ConfigControl file;
    private final boolean hasDisk;
    private final List<List<@Nullable String>> lines = new ArrayList<>();

    ConfigDiff(List<ConfigModule> modules, Sqlite sqlite, ConfigControl file, boolean hasDisk) {
        this.modules = modules;
        this.sqlite = sqlite;
        this.file = file;
        this.hasDisk = hasDisk;
    }

    /** Asked once. */
    SqlAnswer answer() throws SqlRefused, SQLException {
        for (ConfigModule module : modules) {
            compare(module, layers(module));
        }
        return new SqlAnswer(COLUMNS, lines);
    }

    /** The rows of each layer by their names; without a disk to which something was saved, and a file with mistakes. */
    private Map<String, Map<String, ConfigRow>> layers(ConfigModule module) throws SqlRefused, SQLException {
        List<String> columns = sqlite.columnsOf("main." + module.table());
        Map<String, Map<String, ConfigRow>> layers = new LinkedHashMap<>();
        layers.put("memory", RowChanges.byName(module, table(module, "main.")));
        layers.put("runtime", RowChanges.byName(module, ConfigRow.of(columns, module.ofRuntimeAsLoaded())));
        List<ConfigRow> saved = hasDisk ? table(module, "disk.") : List.of();
        if (!saved.isEmpty()) {
            layers.put("disk", RowChanges.byName(module, saved));
        }
        try {
            layers.put(FILE, RowChanges.byName(module, ConfigRow.of(columns, module.ofFile(file.read()))));
        } catch (Refused mistakes) {
            add(module, "", "mistakes", Map.of(FILE, String.valueOf(mistakes.getMessage())));
        }
        return layers;
    }

    private List<ConfigRow> table(ConfigModule module, String schema) throws SqlRefused, SQLException {
        return sqlite.rows(schema + module.table(), module.rows());
    }

    private void compare(ConfigModule module, Map<String, Map<String, ConfigRow>> layers)
            throws SqlRefused, SQLException {
        List<String> compared = module.compared(sqlite.columnsOf("main." + module.table()));
        Set<String> names = new LinkedHashSet<>();
        layers.values().forEach(rows -> names.addAll(rows.keySet()));
        for (String name : names) {
            Map<String, ConfigRow> there = new LinkedHashMap<>();
            Map<String, @Nullable String> presence = new LinkedHashMap<>();
            layers.forEach((layer, rows) -> {
                ConfigRow row = rows.get(name);
                presence.put(layer, row == null ? "missing" : "there");
                if (row != null) {
                    there.put(layer, row);
                }
            });
            if (there.size() < layers.size()) {
                add(module, name, WHOLE_ROW, presence);
            }
            for (String column : compared) {
                compare(module, name, column, there);
            }
        }
    }

    private void compare(ConfigModule module, String name, String column, Map<String, ConfigRow> there) {
        Map<String, @Nullable String> values = new LinkedHashMap<>();
        there.forEach((layer, row) -> values.put(layer, row.text(column)));
        if (values.values().stream().anyMatch(value -> !Objects.equals(value, first(values)))) {
            if (column.equals(PASSWORD)) {
                values.replaceAll((layer, value) -> "***");
            }
            add(module, name, column, values);
        }
    }

    private static @Nullable String first(Map<String, @Nullable String> values) {
        return values.values().iterator().next();
    }

    private void add(ConfigModule module, String name, String column, Map<String, @Nullable String> values) {
        List<@Nullable String> line = new ArrayList<>(Arrays.asList(module.words(), name, column));
        LAYERS.forEach(layer -> line.add(values.get(layer)));
        lines.add(line);
    }
}
