// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.ConfigMode;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ServerControl.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which modules the database on disk has, since when, and what the file said of them then; with config.mode: database
 * they are what counts at a start. For the database's thread.
 */
final class SavedModules {
    private static final Logger LOG = LoggerFactory.getLogger(SavedModules.class);

    static final String TABLE = "disk.sluice_saved";

    private final Sight sight;
    private final Sqlite sqlite;
    private final List<ConfigModule> modules;
    private final @Nullable Path database;

    SavedModules(Sight sight, Sqlite sqlite, List<ConfigModule> modules) throws SQLException {
        this.sight = sight;
        this.sqlite = sqlite;
        this.modules = List.copyOf(modules);
        this.database = sight.config().admin().database();
        sqlite.own("CREATE TABLE IF NOT EXISTS " + TABLE
                + " (module VARCHAR PRIMARY KEY, saved_at VARCHAR NOT NULL, file VARCHAR NOT NULL)");
    }

    /** Where the disk is what counts at a start, there must be nothing on it that would prevent one. */
    void check(List<ConfigModule> some) throws SqlRefused, SQLException {
        if (sight.config().mode() == ConfigMode.FILE) {
            return;
        }
        List<String> problems = new ArrayList<>();
        for (ConfigModule module : some) {
            problems.addAll(module.problems(sqlite.rows("main." + module.table(), module.rows())));
        }
        if (!problems.isEmpty()) {
            throw SqlRefused.notSaved(problems);
        }
    }

    /** Writes a module of main to the disk. */
    void save(ConfigModule module) throws SqlRefused, SQLException {
        if (database == null) {
            throw noDisk();
        }
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        sqlite.copy(
                "main." + module.table(),
                "disk." + module.table(),
                module.rows(),
                "INSERT OR REPLACE INTO " + TABLE + " VALUES ('" + module.words() + "', '" + now + "', '"
                        + fingerprint(module) + "')");
    }

    /** Takes a module of the disk into main. */
    void load(ConfigModule module) throws SqlRefused, SQLException {
        if (database == null) {
            throw noDisk();
        }
        copy(module, module.rows());
    }

    private void copy(ConfigModule module, String which) throws SqlRefused, SQLException {
        sqlite.copy("disk." + module.table(), "main." + module.table(), which, null);
    }

    private static SqlRefused noDisk() {
        return SqlRefused.notAllowed(
                "there is no disk to save to or load from: set admin.database to the path of a file, and restart");
    }

    /**
     * Puts the modules of the disk in force if they are what counts; those that were never saved, or all of them if the
     * database is to begin anew, are the file's and are saved.
     *
     * @throws IOException if one cannot be; the message says what helps
     */
    void begin() throws IOException {
        if (sight.config().mode() == ConfigMode.FILE || database == null) {
            LOG.info(
                    "event=config_mode mode=file file={} database={}",
                    sight.file().path(),
                    word());
            return;
        }
        List<String> ofDatabase = new ArrayList<>();
        List<String> ofFile = new ArrayList<>();
        try {
            if (sight.initial()) {
                Path backup = database.resolveSibling(database.getFileName() + ".bak");
                Files.copy(database, backup, StandardCopyOption.REPLACE_EXISTING);
            }
            for (ConfigModule module : modules) {
                if (sight.initial() || savedAt(module) == null) {
                    save(module);
                    ofFile.add(module.words());
                } else {
                    copy(module, module.rowsForStart());
                    putInForce(module);
                    ofDatabase.add(module.words());
                    warnOfFile(module);
                }
            }
        } catch (SqlRefused | SQLException e) {
            String why = e instanceof SqlRefused refused ? refused.error().message() : e.getMessage();
            throw new IOException(
                    "config.mode is database, but " + database + " cannot be put in force: " + why
                            + "; start once with --initial to fill it from the file (what it has is kept as .bak), or with"
                            + " config.mode: file, where LOAD .. FROM DISK, UPDATE and SAVE .. TO DISK correct it",
                    e);
        }
        LOG.info(
                "event=config_mode mode=database database={} file={} from_database=\"{}\" from_file=\"{}\"",
                database,
                sight.file().path(),
                String.join(", ", ofDatabase),
                String.join(", ", ofFile));
    }

    private String word() {
        return database == null ? "none" : database + " counts=\"by LOAD .. FROM DISK only\"";
    }

    private void putInForce(ConfigModule module) throws SqlRefused, SQLException {
        String forget = module.forgottenAtStart();
        if (forget != null) {
            sqlite.own(forget);
        }
        List<ConfigRow> rows = sqlite.rows("main." + module.table(), module.rows());
        if (!rows.isEmpty() || !module.ofRuntimeAsLoaded().isEmpty()) {
            module.toRuntime(rows);
        }
    }

    /** Somebody may wait for what he has written there. */
    private void warnOfFile(ConfigModule module) throws SqlRefused, SQLException {
        String known = text("SELECT file FROM " + TABLE + " WHERE module = '" + module.words() + "'");
        if (known != null && !known.equals(fingerprint(module))) {
            LOG.warn(
                    "event=config_file_ignored module=\"{}\" file={} why=\"it was changed there, but config.mode is"
                            + " database\" instead=\"LOAD {} FROM CONFIG, LOAD .. TO RUNTIME, SAVE .. TO DISK; or"
                            + " --initial\"",
                    module.words(),
                    sight.file().path(),
                    module.loadedWith());
        }
    }

    /** When a module was saved; null if never. */
    private @Nullable String savedAt(ConfigModule module) throws SqlRefused, SQLException {
        String at = text("SELECT saved_at FROM " + TABLE + " WHERE module = '" + module.words() + "'");
        boolean empty = "0".equals(text("SELECT count(*) FROM disk." + module.table() + " WHERE " + module.rows()));
        return at == null && !empty ? "before this was noted" : at;
    }

    private @Nullable String text(String sql) throws SqlRefused, SQLException {
        List<List<@Nullable String>> rows = sqlite.read(sql).rows();
        return rows.isEmpty() ? null : rows.get(0).get(0);
    }

    /** Of what the file said of a module at the start. */
    private String fingerprint(ConfigModule module) throws SqlRefused, SQLException {
        List<String> columns = sqlite.columnsOf("main." + module.table());
        StringBuilder text = new StringBuilder();
        ConfigRow.of(columns, module.ofFileForStart(sight.config())).forEach(row -> text.append(row.values(columns)));
        return ConfigFile.fingerprint(text.toString());
    }

    /** What counts, and what does not. */
    ShownTable table() {
        return ShownTable.of(
                Schema.STATS, "configuration", "name VARCHAR NOT NULL, value VARCHAR NOT NULL", this::rows);
    }

    private List<@Nullable Object[]> rows() {
        SluiceConfig config = sight.config();
        boolean file = config.mode() == ConfigMode.FILE;
        List<@Nullable Object[]> rows = new ArrayList<>();
        rows.add(new @Nullable Object[] {"config.mode", config.mode().keyword()});
        rows.add(new @Nullable Object[] {
            "at a restart",
            file
                    ? "all is the file's; what was changed here of servers, users and rules stays by SAVE CONFIG TO FILE"
                    : "what is below is the database's; what was changed here stays by SAVE .. TO DISK"
        });
        rows.add(new @Nullable Object[] {"file", sight.file().path().toString()});
        rows.add(new @Nullable Object[] {"file was changed since it was read", changed()});
        rows.add(new @Nullable Object[] {"admin.database", database == null ? "none" : database.toString()});
        if (database != null) {
            for (ConfigModule module : modules) {
                rows.add(new @Nullable Object[] {module.words() + " saved there", saved(module)});
            }
        }
        return rows;
    }

    private String changed() {
        try {
            return sight.file().isAsKnown() ? "no" : "yes";
        } catch (Refused mistakes) {
            return String.valueOf(mistakes.getMessage());
        }
    }

    private String saved(ConfigModule module) {
        try {
            return Objects.requireNonNullElse(savedAt(module), "never");
        } catch (SqlRefused refused) {
            return refused.error().message();
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
