// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.protocol.codec.TextResultSet;
import io.sluice.protocol.codec.TextResultSet.Column;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sqlite.Collation;
import org.sqlite.Function;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;
import org.sqlite.core.Codes;

/**
 * A database in memory that is shut in: it attaches no file, loads no extension, writes no temporary file, and what it
 * runs for others ends after a time and has a bounded answer. For one thread.
 */
final class Sqlite implements AutoCloseable {
    private static final int MAX_VALUE_BYTES = 4 << 20;
    private static final int MAX_SQL_BYTES = 1 << 20;
    private static final int MAX_LIKE_PATTERN = 1000;
    private static final long MAX_MEMORY = 256L << 20;
    private static final long MAX_ANSWER_CHARS = 32L << 20;
    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rw-------");
    /** Steps of SQLite's machine between two looks at the clock. */
    private static final int STEPS = 20_000;

    private final SQLiteConnection connection;
    private final Duration timeLimit;
    /** The names of those that were made. */
    private final Set<String> tables = new TreeSet<>();

    private final MysqlFunctions session;
    private long deadlineNanos;
    private boolean limited;

    /**
     * Opens the schemas, all of them empty.
     *
     * @param timeLimit of one statement
     * @param disk the file of the schema disk; null for none: then it is in memory, too
     * @param session functions of servers
     * @param functions that SQL may call, of one text each, by their names
     * @throws IOException if SQLite's native library cannot be loaded, or the file not be opened; the message says what
     *     helps
     */
    Sqlite(
            Duration timeLimit,
            @Nullable Path disk,
            MysqlFunctions session,
            Map<String, UnaryOperator<String>> functions)
            throws IOException {
        this.timeLimit = timeLimit;
        this.session = session;
        SQLiteConfig config = new SQLiteConfig();
        config.enableLoadExtension(false);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        try {
            connection = (SQLiteConnection) config.createConnection("jdbc:sqlite::memory:");
        } catch (SQLException | LinkageError e) {
            throw new IOException(
                    "the admin port's SQLite cannot be loaded: " + e.getMessage()
                            + "; it needs a directory for temporary files from which libraries may be loaded, name"
                            + " one by -Dorg.sqlite.tmpdir=DIRECTORY in SLUICE_JAVA_OPTS, or"
                            + " remove admin.users and set admin.generate_password: false",
                    e);
        }
        try {
            if (disk != null) {
                openDisk(disk);
            }
            prepare(disk != null);
            for (Map.Entry<String, UnaryOperator<String>> function : functions.entrySet()) {
                Function.create(connection, function.getKey(), new OfText(function.getValue()));
            }
            session.create(connection);
            Collation.create(connection, KnownPasswords.COLLATION, new Collation() {
                @Override
                protected int xCompare(String one, String other) {
                    return KnownPasswords.compare(one, other);
                }
            });
        } catch (SQLException e) {
            throw new IOException("the admin port's SQLite cannot be set up: " + e.getMessage(), e);
        }
    }

    /** Of NULL it is NULL; bytes are given to it in hex. */
    private static final class OfText extends Function {
        private final UnaryOperator<String> made;

        OfText(UnaryOperator<String> made) {
            this.made = made;
        }

        @Override
        protected void xFunc() throws SQLException {
            if (args() != 1) {
                error("it has one argument");
                return;
            }
            String given = switch (value_type(0)) {
                case Codes.SQLITE_NULL -> null;
                case Codes.SQLITE_BLOB -> "0x" + HexFormat.of().formatHex(value_blob(0));
                default -> value_text(0);
            };
            if (given == null) {
                result();
            } else {
                result(made.apply(given));
            }
        }
    }

    /** Its owner alone may read it. What was being written when the process died is taken back at this. */
    private void openDisk(Path file) throws IOException {
        try {
            if (!Files.exists(file)) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
            }
            own("ATTACH DATABASE '" + file.toString().replace("'", "''") + "' AS disk");
            own("SELECT count(*) FROM disk.sqlite_master");
        } catch (IOException | SQLException e) {
            throw new IOException(
                    "admin.database: cannot open " + file + ": " + e.getMessage()
                            + "; name a file in a directory where this user may write, one for each Sluice",
                    e);
        }
    }

    private void prepare(boolean hasDisk) throws SQLException {
        int attached = hasDisk ? 1 : 0;
        for (Schema schema : Schema.values()) {
            if (schema != Schema.MAIN && !(schema == Schema.DISK && hasDisk)) {
                own("ATTACH DATABASE ':memory:' AS " + schema.sql());
                attached++;
            }
        }
        own("PRAGMA hard_heap_limit = " + MAX_MEMORY);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, attached);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_SQL_LENGTH, MAX_SQL_BYTES);
        connection.setLimit(SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, MAX_LIKE_PATTERN);
        ProgressHandler.setHandler(connection, STEPS, new ProgressHandler() {
            @Override
            protected int progress() {
                return limited && System.nanoTime() - deadlineNanos > 0 ? 1 : 0;
            }
        });
    }

    /** Whose statements come now. */
    void enter(Schema schema, AdminUser by) {
        session.enter(schema, by);
    }

    /** Runs a statement of Sluice's own. */
    void own(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The names of a table's columns. */
    List<String> columnsOf(String path) throws SqlRefused, SQLException {
        return read("SELECT * FROM " + path + " LIMIT 0").columns().stream()
                .map(Column::name)
                .toList();
    }

    void create(ShownTable table) throws SQLException {
        create(table.schema(), table.name(), table.columns());
    }

    void create(Schema schema, String name, String columns) throws SQLException {
        tables.add(name.toLowerCase(Locale.ROOT));
        own("CREATE TABLE IF NOT EXISTS " + schema.sql() + "." + name + " (" + columns + ")");
    }

    /**
     * Puts some rows of one table in the place of those of another; all of them, or nothing is changed.
     *
     * @param which a condition
     * @param besides a statement that belongs to it; null for none
     */
    void copy(String from, String to, String which, @Nullable String besides) throws SqlRefused, SQLException {
        own("BEGIN IMMEDIATE");
        try {
            own("DELETE FROM " + to + " WHERE " + which);
            own("INSERT INTO " + to + " SELECT * FROM " + from + " WHERE " + which);
            if (besides != null) {
                own(besides);
            }
            own("COMMIT");
        } catch (SQLException e) {
            own("ROLLBACK");
            throw SqliteErrors.of(e, timeLimit, tables);
        }
    }

    /** Puts these rows in the place of those that the table has. */
    void fill(String path, List<@Nullable Object[]> rows) throws SQLException {
        fill(path, "1", rows);
    }

    /** Puts these rows in the place of some that the table has. */
    void fill(String path, String which, List<@Nullable Object[]> rows) throws SQLException {
        own("BEGIN");
        try {
            own("DELETE FROM " + path + " WHERE " + which);
            if (!rows.isEmpty()) {
                insert(path, rows);
            }
            own("COMMIT");
        } catch (SQLException | RuntimeException e) {
            own("ROLLBACK");
            throw e;
        }
    }

    private void insert(String path, List<@Nullable Object[]> rows) throws SQLException {
        String places = "?" + ", ?".repeat(rows.get(0).length - 1);
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT OR REPLACE INTO " + path + " VALUES (" + places + ")")) {
            for (@Nullable Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    insert.setObject(i + 1, row[i]);
                }
                insert.executeUpdate();
            }
        }
    }

    /** Rows of a table of the configuration, however long that takes. */
    List<ConfigRow> rows(String path, String which) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT * FROM " + path + " WHERE " + which)) {
            List<String> names = names(result.getMetaData());
            List<@Nullable Object[]> rows = new ArrayList<>();
            while (result.next()) {
                @Nullable Object[] row = new @Nullable Object[names.size()];
                for (int i = 0; i < row.length; i++) {
                    Object value = result.getObject(i + 1);
                    row[i] = value instanceof byte[] ? text(value) : value;
                }
                rows.add(row);
            }
            return ConfigRow.of(names, rows);
        }
    }

    private static List<String> names(ResultSetMetaData meta) throws SQLException {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            names.add(meta.getColumnLabel(i));
        }
        return names;
    }

    /** Runs what somebody has asked, who must not change anything. */
    SqlAnswer read(String sql) throws SqlRefused, SQLException {
        own("PRAGMA query_only = ON");
        try {
            return run(sql);
        } finally {
            own("PRAGMA query_only = OFF");
        }
    }

    /** Runs what somebody has asked, who may change what the statement says. */
    SqlAnswer run(String sql) throws SqlRefused {
        deadlineNanos = System.nanoTime() + timeLimit.toNanos();
        limited = true;
        try (Statement statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return SqlAnswer.ofChange(Math.max(0, statement.getUpdateCount()));
            }
            try (ResultSet result = statement.getResultSet()) {
                return answer(result, MAX_ANSWER_CHARS);
            }
        } catch (SQLException e) {
            throw SqliteErrors.of(e, timeLimit, tables);
        } finally {
            limited = false;
        }
    }

    private static SqlAnswer answer(ResultSet result, long maxChars) throws SQLException, SqlRefused {
        ResultSetMetaData meta = result.getMetaData();
        int width = meta.getColumnCount();
        List<String> names = names(meta);
        TextResultSet.@Nullable Type[] types = new TextResultSet.Type[width];
        TextResultSet.Type[] declared = new TextResultSet.Type[width];
        for (int i = 0; i < width; i++) {
            declared[i] = declared(meta.getColumnTypeName(i + 1));
        }
        List<List<@Nullable String>> rows = new ArrayList<>();
        long chars = 0;
        while (result.next()) {
            List<@Nullable String> row = new ArrayList<>(width);
            for (int i = 0; i < width; i++) {
                Object value = result.getObject(i + 1);
                String text = text(value);
                row.add(text);
                types[i] = wider(types[i], value);
                chars += text == null ? 1 : text.length() + 1;
            }
            rows.add(row);
            if (chars > maxChars) {
                throw SqlRefused.of("the answer is longer than " + (MAX_ANSWER_CHARS >> 20)
                        + " million characters; select less, or add a LIMIT");
            }
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            TextResultSet.Type type = types[i];
            columns.add(new Column(names.get(i), type == null ? declared[i] : type));
        }
        return new SqlAnswer(columns, rows);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof byte[] bytes
                ? HexFormat.of().formatHex(bytes)
                : value == null ? null : value.toString();
    }

    /** In SQLite each value has a type of its own: the column's is one that fits them all. */
    private static TextResultSet.@Nullable Type wider(TextResultSet.@Nullable Type before, @Nullable Object value) {
        if (value == null || before == TextResultSet.Type.STRING) {
            return before;
        }
        TextResultSet.Type type = value instanceof Integer || value instanceof Long
                ? TextResultSet.Type.INTEGER
                : value instanceof Double ? TextResultSet.Type.DOUBLE : TextResultSet.Type.STRING;
        return before == null || type == TextResultSet.Type.STRING
                ? type
                : before == type ? type : TextResultSet.Type.DOUBLE;
    }

    private static TextResultSet.Type declared(@Nullable String name) {
        String upper = name == null ? "" : name.toUpperCase(Locale.ROOT);
        if (upper.contains("INT")) {
            return TextResultSet.Type.INTEGER;
        }
        return upper.contains("DOUBLE") || upper.contains("REAL")
                ? TextResultSet.Type.DOUBLE
                : TextResultSet.Type.STRING;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
