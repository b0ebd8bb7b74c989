// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import io.sluice.core.view.ServerControl;
import io.sluice.core.view.ServerList;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of the admin port. Any thread may ask; statements run one after the other on a thread of the database's own,
 * and a limited number of them waits for it.
 */
public final class AdminDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminDatabase.class);

    private static final Duration TIME_LIMIT = Duration.ofSeconds(10);
    private static final Pattern OF_TABLES = Pattern.compile(
            "(?is)(SHOW (FULL )?(TABLES|DATABASES|SCHEMAS|COLUMNS|FIELDS|CREATE TABLE|TABLE STATUS|INDEX|INDEXES"
                    + "|KEYS)|DESC|DESCRIBE|LOAD|SAVE|SLUICE"
                    + " (LOAD|DIFF))\\b.*");

    private static final Pattern OF_VARIABLES = Pattern.compile("(?is)(SET\\s+(GLOBAL\\s+)?[`'\"]?(mysql|admin|sluice)-"
            + "|SHOW\\s+((MYSQL|ADMIN|SLUICE|ALL|GLOBAL|SESSION|LOCAL)\\s+)?VARIABLES\\b"
            + "|SELECT\\s+@@(mysql|admin|sluice)-).*");

    private static final String RUNTIME = "runtime_";
    private static final int MAX_WAITING = 64;
    private static final long CLOSE_SECONDS = 2;

    private final Sqlite sqlite;
    private final List<ShownTable> shown;
    private final Map<String, ConfigModule> editable = new HashMap<>();
    /** What the tables that are filled whenever they are read were filled from last. */
    private final Map<String, @Nullable Object> filledFrom = new HashMap<>();

    private final ConfigStatements configuration;
    private final SavedModules saved;
    private final ShowStatements shows;
    private final VariableStatements variables;
    private final ThreadPoolExecutor worker;

    private AdminDatabase(
            Sqlite sqlite,
            List<ShownTable> shown,
            List<ConfigModule> modules,
            VariableStatements variables,
            Sight sight)
            throws SQLException {
        this.sqlite = sqlite;
        this.variables = variables;
        List<ShownTable> all = new ArrayList<>(shown);
        for (ConfigModule module : modules) {
            sqlite.create(Schema.MAIN, module.table(), module.columnsOfMain());
            sqlite.create(Schema.DISK, module.table(), module.columns());
            for (String trigger : module.triggers()) {
                sqlite.own(trigger);
            }
            sqlite.fill("main." + module.table(), module.rows(), module.ofFile(sight.config()));
            editable.putIfAbsent(module.table(), module);
            editable.putIfAbsent("main." + module.table(), module);
        }
        for (ConfigModule module : modules) {
            if (editable.get(module.table()) == module) {
                all.add(runtime(module, modules));
            }
        }
        this.saved = new SavedModules(sight, sqlite, modules);
        all.add(saved.table());
        this.shown = List.copyOf(all);
        for (ShownTable table : all) {
            sqlite.create(table);
        }
        List<String> paths = new ArrayList<>();
        all.forEach(table -> paths.add(table.path()));
        modules.forEach(module -> {
            paths.add("main." + module.table());
            paths.add("disk." + module.table());
        });
        paths.add(SavedModules.TABLE);
        paths.addAll(InformationSchema.create(sqlite));
        this.configuration = new ConfigStatements(
                modules, sqlite, saved, sight.file(), sight.config().admin().database() != null);
        List<String> changeable =
                modules.stream().map(module -> "main." + module.table()).toList();
        this.shows = new ShowStatements(paths, changeable);
        this.worker = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MAX_WAITING), task -> {
            Thread thread = new Thread(task, "sluice-admin-sql");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** With the rows of all modules that share the table. */
    private static ShownTable runtime(ConfigModule of, List<ConfigModule> modules) {
        List<ConfigModule> same = modules.stream()
                .filter(module -> module.table().equals(of.table()))
                .toList();
        return ShownTable.of(
                        Schema.MAIN,
                        RUNTIME + of.table(),
                        of.columns(),
                        () -> same.stream()
                                .flatMap(module -> module.ofRuntime().stream())
                                .toList())
                .madeOf(() -> same.size() == 1 ? of.originOfRuntime() : null);
    }

    /**
     * Makes the tables. With config.mode: database, what was saved on disk is in force when this returns.
     *
     * @param version of Sluice, as clients are told it
     * @throws IOException if SQLite's native library cannot be loaded, or what is on disk has mistakes; the message says
     *     what helps
     */
    public static AdminDatabase open(
            Sight sight, ServerList servers, ServerControl control, AuditLog audit, String version) throws IOException {
        List<ShownTable> shown = new ArrayList<>();
        shown.addAll(new ServerTables(sight).all());
        shown.addAll(new HistoryTables(sight.view().history()).all());
        shown.addAll(new SessionTables(sight).all());
        shown.addAll(new StatementTables(sight).all());
        shown.addAll(new RoutingTables(sight.statistics()).all());
        shown.addAll(new MonitorTables(sight.view().history()).all());
        shown.addAll(new ProcessTables(sight).all());
        shown.add(audit.table());
        shown.addAll(EmptyTables.all());
        KnownPasswords passwords = new KnownPasswords();
        Variables variables = new Variables(version);
        List<ConfigModule> modules = List.of(
                new HostgroupsModule(sight), // first, since the others name its numbers
                new ServersModule(sight, servers, control),
                new RulesModule(sight),
                new UsersModule(sight, passwords),
                new VariablesModule("mysql", variables, sight.file()),
                new VariablesModule("admin", variables, sight.file()),
                new VariablesModule("sluice", variables, sight.file()));
        Path disk = sight.config().admin().database();
        Map<String, UnaryOperator<String>> functions = Map.of(
                KnownPasswords.FUNCTION,
                passwords::keep,
                KnownPasswords.NATIVE_HASH,
                KnownPasswords::nativeHash,
                VariablesModule.PASSWORD_FUNCTION,
                password -> VariablesModule.hidden(password, sight.config()));
        Sqlite sqlite = new Sqlite(TIME_LIMIT, disk, new MysqlFunctions(version), functions);
        try {
            AdminDatabase database = new AdminDatabase(
                    sqlite, shown, modules, new VariableStatements(variables, DriverVariables.all(version)), sight);
            database.saved.begin();
            return database;
        } catch (SQLException e) {
            throw new IOException("the admin port's tables cannot be made: " + e.getMessage(), e);
        }
    }

    /** Whether a statement, without comments in front of it, is one to {@link #run}. Any thread. */
    public static boolean isFor(String statement) {
        return OF_TABLES.matcher(statement).matches()
                || StatementKind.isForSqlite(statement.split("[^A-Za-z(]", 2)[0]);
    }

    /** Whether a statement, without comments in front of it, is one to {@link #run}, whoever else would know it. Any thread. */
    public static boolean isOfVariables(String statement) {
        return OF_VARIABLES.matcher(statement).matches();
    }

    /**
     * Runs one statement.
     *
     * @param schema whose tables SHOW TABLES lists
     * @return ends with the answer or with {@link SqlRefused}
     */
    public CompletableFuture<SqlAnswer> run(String sql, Schema schema, AdminUser by) {
        return submit(() -> {
            sqlite.enter(schema, by);
            return answer(sql, schema);
        });
    }

    private CompletableFuture<SqlAnswer> submit(Callable<SqlAnswer> task) {
        CompletableFuture<SqlAnswer> answer = new CompletableFuture<>();
        try {
            worker.execute(() -> complete(answer, task));
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(SqlRefused.tooMany(
                    worker.isShutdown() ? "Sluice is being stopped" : "too many statements wait; try again soon"));
        }
        return answer;
    }

    private static void complete(CompletableFuture<SqlAnswer> answer, Callable<SqlAnswer> task) {
        try {
            answer.complete(task.call());
        } catch (SqlRefused refused) {
            answer.completeExceptionally(refused);
        } catch (Exception bug) {
            LOG.error("event=admin_bug", bug);
            answer.completeExceptionally(SqlRefused.of("failed; the log has the cause"));
        }
    }

    private SqlAnswer answer(String sent, Schema schema) throws SqlRefused, SQLException {
        String sql = MysqlLiterals.inSqlite(sent);
        List<Word> words = SqlWords.of(sql);
        String translated = shows.translate(words, schema);
        if (translated != null) {
            return sqlite.read(translated);
        }
        refuseSeveral(words);
        String ofVariables = variables.translate(sql, words);
        if (ofVariables != null) {
            return sqlite.read(ofVariables);
        }
        String set = variables.change(sql, words);
        if (set != null) {
            return sqlite.run(set);
        }
        SqlAnswer moved = configuration.run(words);
        if (moved != null) {
            return moved;
        }
        refuseParameters(sql, words);
        return switch (StatementKind.of(words)) {
            case EXPLAIN -> sqlite.read(sql);
            case READ -> {
                fill(sql, words);
                yield sqlite.read(InformationSchema.inSqlite(sql, words));
            }
            case CHANGE -> change(sql, words);
        };
    }

    private static void refuseSeveral(List<Word> words) throws SqlRefused {
        for (int i = 0; i < words.size() - 1; i++) {
            if (words.get(i).is(";") && !words.get(i + 1).is(";")) {
                throw SqlRefused.of("more than one statement; send them one after the other");
            }
        }
    }

    /**
     * SQLite would take them for NULL. MySQL's own client asks {@code select $$} after its login, and cannot go on where
     * that has rows.
     */
    private static void refuseParameters(String sql, List<Word> words) throws SqlRefused {
        for (Word word : words) {
            char first = sql.charAt(word.begin());
            if (!word.literal() && "?:@$".indexOf(first) >= 0) {
                throw SqlRefused.of(
                        "'" + word.text() + "' is a variable or parameter, which has no value here; write the"
                                + " value, or prepare the statement");
            }
        }
    }

    private void fill(String sql, List<Word> words) throws SqlRefused, SQLException {
        Set<String> names = new HashSet<>();
        words.stream().filter(word -> !word.literal()).forEach(word -> names.add(word.lower()));
        List<ShownTable> wanted =
                shown.stream().filter(table -> table.isNamedIn(names)).toList();
        if (wanted.stream().anyMatch(ShownTable::once)) {
            sqlite.read("EXPLAIN " + sql);
        }
        for (ShownTable table : wanted) {
            Object origin = table.of().get();
            if (origin == null || filledFrom.get(table.path()) != origin) {
                filledFrom.remove(table.path());
                sqlite.fill(table.path(), table.rows().get());
                filledFrom.put(table.path(), origin);
            }
        }
    }

    private SqlAnswer change(String sql, List<Word> words) throws SqlRefused, SQLException {
        String target = StatementKind.target(words);
        String name = target == null ? "" : target.substring(target.indexOf('.') + 1);
        if (target != null && editable.containsKey(target)) {
            if (name.equals(VariablesModule.TABLE)) {
                variables.refuseUnknown(words);
            }
            fill(sql, words);
            return sqlite.run(sql);
        }
        ConfigModule module = editable.get(name.startsWith(RUNTIME) ? name.substring(RUNTIME.length()) : name);
        if (module != null) {
            throw SqlRefused.notAllowed(target + " cannot be changed so: change main." + module.table() + ", then LOAD "
                    + module.loadedWith() + " TO RUNTIME and SAVE " + module.loadedWith() + " TO DISK");
        }
        String empty = EmptyTables.reason(name);
        if (empty != null) {
            if (StatementKind.adds(words)) {
                throw SqlRefused.notAllowed(target + " has no rows here: " + empty);
            }
            return sqlite.run(sql);
        }
        if (shown.stream().anyMatch(table -> table.name().equals(name))) {
            String reason = MissingTables.reason(name);
            throw SqlRefused.notAllowed(
                    target + " cannot be changed: it shows what is" + (reason == null ? "" : "; " + reason));
        }
        return sqlite.read(sql); // which says what is wrong with it
    }

    /** Waits a moment for the statement that runs; those that wait go with their connections. */
    @Override
    public void close() {
        worker.shutdown();
        worker.getQueue().clear();
        try {
            if (worker.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                sqlite.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            LOG.warn("event=admin_close_failed cause=\"{}\"", e.getMessage());
        }
    }
}
