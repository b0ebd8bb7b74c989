// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.config.Spelling;
import io.sluice.core.view.ConfigControl;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.protocol.codec.TextResultSet;
import io.sluice.protocol.codec.TextResultSet.Column;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** LOAD and SAVE in ProxySQL's spellings: they take a module from one layer of the configuration to the next. */
final class ConfigStatements {
    private static final String FORMS = "write LOAD module TO RUNTIME, LOAD module FROM DISK, LOAD module FROM CONFIG,"
            + " SAVE module FROM RUNTIME or SAVE module TO DISK, where module is ";

    private static final Set<List<String>> RELOAD =
            Set.of(List.of("load", "config"), List.of("sluice", "load", "config"));

    private static final List<String> SAVE_FILE = List.of("save", "config", "to", "file");

    private static final List<Column> COLUMNS_OF_FILE =
            List.of(new Column("what", TextResultSet.Type.STRING), new Column("result", TextResultSet.Type.STRING));

    private final List<ConfigModule> modules;
    private final Sqlite sqlite;
    private final SavedModules saved;
    private final ConfigControl file;
    private final boolean hasDisk;

    /** What is done, whichever way it is said. */
    private enum Way {
        MEMORY_TO_RUNTIME,
        RUNTIME_TO_MEMORY,
        DISK_TO_MEMORY,
        MEMORY_TO_DISK,
        FILE_TO_MEMORY;

        static @Nullable Way of(String verb, String direction, String layer) {
            return switch (verb + " " + direction + " " + layer) {
                case "LOAD TO RUNTIME", "LOAD TO RUN", "LOAD FROM MEMORY", "LOAD FROM MEM" -> MEMORY_TO_RUNTIME;
                case "SAVE FROM RUNTIME", "SAVE FROM RUN", "SAVE TO MEMORY", "SAVE TO MEM" -> RUNTIME_TO_MEMORY;
                case "LOAD FROM DISK", "LOAD TO MEMORY", "LOAD TO MEM" -> DISK_TO_MEMORY;
                case "SAVE TO DISK", "SAVE FROM MEMORY", "SAVE FROM MEM" -> MEMORY_TO_DISK;
                case "LOAD FROM CONFIG" -> FILE_TO_MEMORY;
                default -> null;
            };
        }
    }

    /** @param saved those of the modules that are on disk */
    ConfigStatements(
            List<ConfigModule> modules, Sqlite sqlite, SavedModules saved, ConfigControl file, boolean hasDisk) {
        this.saved = saved;
        this.file = file;
        this.modules = List.copyOf(modules);
        this.sqlite = sqlite;
        this.hasDisk = hasDisk;
    }

    /** Null if it is neither LOAD nor SAVE. */
    @Nullable
    SqlAnswer run(List<Word> words) throws SqlRefused, SQLException {
        List<String> plain = words.stream()
                .map(Word::lower)
                .filter(word -> !word.equals(";"))
                .toList();
        if (RELOAD.contains(plain)) {
            return reload();
        }
        if (plain.size() >= SAVE_FILE.size()
                && plain.subList(0, SAVE_FILE.size()).equals(SAVE_FILE)) {
            return saveFile(plain.subList(SAVE_FILE.size(), plain.size()));
        }
        if (plain.equals(List.of("sluice", "diff"))) {
            return new ConfigDiff(modules, sqlite, file, hasDisk).answer();
        }
        if (words.isEmpty() || !(words.get(0).is("load") || words.get(0).is("save"))) {
            return null;
        }
        List<String> upper = words.stream()
                .map(word -> word.text().toUpperCase(Locale.ROOT))
                .filter(text -> !text.equals(";"))
                .toList();
        int last = upper.size() - 1;
        Way way = last < 3 ? null : Way.of(upper.get(0), upper.get(last - 1), upper.get(last));
        if (way == null) {
            throw SqlRefused.of("that is no way to load or save; " + forms());
        }
        String module = String.join(" ", upper.subList(1, last - 1));
        SqlAnswer nothing = EmptyTables.moved(module);
        return nothing == null ? run(modules(module), way) : nothing;
    }

    private List<ConfigModule> modules(String words) throws SqlRefused {
        List<ConfigModule> some = modules.stream()
                .filter(module -> module.loadedWith().equals(words))
                .toList();
        if (some.isEmpty()) {
            throw noModule(words);
        }
        return some;
    }

    private SqlRefused noModule(String words) {
        String reason = MissingTables.reason(words);
        String why = reason == null ? "it is the configuration file's" : reason;
        return SqlRefused.of("there is no " + words + " to load or save here: "
                + Spelling.nearest(words, moduleWords())
                        .map(near -> "did you mean " + near + "? Else, " + why)
                        .orElse(why)
                + "; " + forms());
    }

    private String forms() {
        return FORMS + String.join(" or ", moduleWords());
    }

    private List<String> moduleWords() {
        return modules.stream().map(ConfigModule::loadedWith).distinct().toList();
    }

    private SqlAnswer run(List<ConfigModule> some, Way way) throws SqlRefused, SQLException {
        if (way == Way.MEMORY_TO_RUNTIME) {
            return load(some);
        }
        if (way == Way.MEMORY_TO_DISK) {
            saved.check(some);
        }
        for (ConfigModule module : some) {
            copy(module, way);
        }
        return SqlAnswer.of("");
    }

    private void copy(ConfigModule module, Way way) throws SqlRefused, SQLException {
        String memory = "main." + module.table();
        switch (way) {
            case MEMORY_TO_RUNTIME -> throw new AssertionError(way);
            case RUNTIME_TO_MEMORY -> sqlite.fill(memory, module.rows(), module.ofRuntime());
            case FILE_TO_MEMORY -> sqlite.fill(memory, module.rows(), module.ofFile(readFile()));
            case DISK_TO_MEMORY -> saved.load(module);
            case MEMORY_TO_DISK -> saved.save(module);
        }
    }

    /** All of them or none: where one is refused, those before it are as they were. */
    private SqlAnswer load(List<ConfigModule> some) throws SqlRefused, SQLException {
        Map<ConfigModule, List<ConfigRow>> loaded = new LinkedHashMap<>();
        List<String> changes = new ArrayList<>();
        for (ConfigModule module : some) {
            List<String> columns = columns(module);
            List<ConfigRow> before = ConfigRow.of(columns, module.ofRuntimeAsLoaded());
            List<ConfigRow> rows = sqlite.rows("main." + module.table(), module.rows());
            try {
                module.toRuntime(rows);
            } catch (SqlRefused refused) {
                for (Map.Entry<ConfigModule, List<ConfigRow>> one : loaded.entrySet()) {
                    one.getKey().toRuntime(one.getValue());
                }
                throw refused;
            }
            loaded.put(module, before);
            changes.addAll(RowChanges.between(module, columns, before, rows).said(module));
        }
        return SqlAnswer.of(String.join("; ", changes));
    }

    private SluiceConfig readFile() throws SqlRefused {
        try {
            return file.read();
        } catch (Refused refused) {
            throw SqlRefused.of("nothing was loaded, since the file has mistakes: " + refused.getMessage());
        }
    }

    /** Puts in force what the file says now, as a whole; memory is then the same. */
    SqlAnswer reload() throws SqlRefused, SQLException {
        Map<ConfigModule, List<ConfigRow>> before = new LinkedHashMap<>();
        for (ConfigModule module : modules) {
            before.put(module, ConfigRow.of(columns(module), module.ofRuntimeAsLoaded()));
        }
        ConfigFile.Version now;
        try {
            now = file.reload();
        } catch (Refused refused) {
            throw SqlRefused.of("nothing was changed: " + refused.getMessage());
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (ConfigModule module : modules) {
            List<@Nullable Object[]> ofFile = module.ofReloaded(now.config());
            sqlite.fill("main." + module.table(), module.rows(), ofFile);
            List<String> columns = columns(module);
            RowChanges.between(module, columns, before.getOrDefault(module, List.of()), ConfigRow.of(columns, ofFile))
                    .said(module)
                    .forEach(what -> rows.add(List.of(module.words(), what)));
        }
        now.restart().forEach(key -> rows.add(List.of(key, "counts after a restart")));
        return new SqlAnswer(COLUMNS_OF_FILE, rows);
    }

    /** Writes what is in force into the configuration's file. */
    private SqlAnswer saveFile(List<String> rest) throws SqlRefused, SQLException {
        boolean force = rest.equals(List.of("force"));
        if (!force && !rest.isEmpty()) {
            throw SqlRefused.of("SAVE CONFIG TO FILE writes the file that Sluice was started with, and names no other;"
                    + " FORCE is all that may follow");
        }
        ConfigFile.Saved written;
        try {
            written = file.save(force);
        } catch (Refused refused) {
            throw SqlRefused.of("nothing was written: " + refused.getMessage());
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        for (ConfigModule module : modules) {
            List<String> columns = columns(module);
            List<ConfigRow> before = ConfigRow.of(columns, module.ofFile(written.before()));
            List<ConfigRow> now = ConfigRow.of(columns, module.ofFile(written.now()));
            RowChanges.between(module, columns, before, now)
                    .said(module)
                    .forEach(what -> rows.add(List.of(module.words(), what)));
            module.notInFile(written.now()).forEach(what -> rows.add(List.of(module.words(), what)));
        }
        Path backup = written.backup();
        rows.add(List.of("file", backup == null ? "says so already" : "written; as it was before: " + backup));
        return new SqlAnswer(COLUMNS_OF_FILE, rows);
    }

    private List<String> columns(ConfigModule module) throws SqlRefused, SQLException {
        return sqlite.columnsOf("main." + module.table());
    }
}
