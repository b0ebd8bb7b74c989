// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.sound;

import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.protocol.ServerSessionStateController;
import com.mysql.cj.protocol.ServerSessionStateController.ServerSessionStateChanges;
import io.sluice.drill.server.MysqldProcess;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A session on a read-only server, and an administrator beside it who looks what the session left behind. Replicas
 * allow more than they should: temporary tables, locks, FLUSH, even new GTIDs.
 */
final class Witness implements AutoCloseable {
    private static final int SYSTEM_VARIABLE = ServerSessionStateController.SESSION_TRACK_SYSTEM_VARIABLES;
    private static final int SCHEMA = ServerSessionStateController.SESSION_TRACK_SCHEMA;
    private static final int GTIDS = ServerSessionStateController.SESSION_TRACK_GTIDS;

    /** Longer than this no preparation is worth. */
    private static final int PATIENCE_SECONDS = 15;

    private final MysqldProcess server;
    private final boolean mariadb;
    private Connection administrator;
    private Connection session;
    private String schema = "";
    private String before = "";
    private long thread;
    private boolean writable = true;

    /** How a statement ended: an error of the server, or 0; and what it left behind that a read does not. */
    record Outcome(int error, String message, List<String> traces) {}

    Witness(MysqldProcess server, boolean mariadb) throws SQLException {
        this.server = server;
        this.mariadb = mariadb;
        this.administrator = server.connect();
        if (mariadb) {
            administer("UPDATE performance_schema.setup_instruments SET ENABLED='YES' WHERE NAME LIKE '%mdl%'");
        }
        this.session = connect();
    }

    /** Statements of the administrator; the server takes writes or not. */
    void writable(boolean writable) throws SQLException {
        administer("ROLLBACK");
        administer("SET GLOBAL " + (mariadb ? "read_only=" : "super_read_only=") + (writable ? 0 : 1));
        if (writable && !mariadb) {
            administer("SET GLOBAL read_only=0");
        }
        this.writable = writable;
        before = state();
    }

    void administer(String sql) throws SQLException {
        try (Statement statement = administrator().createStatement()) {
            statement.setEscapeProcessing(false);
            statement.setQueryTimeout(PATIENCE_SECONDS);
            statement.execute(sql);
        }
    }

    private Connection administrator() throws SQLException {
        if (administrator.isClosed()) { // what it was told last took longer than it waits
            administrator = server.connect();
            if (!schema.isEmpty()) {
                administrator.setCatalog(schema);
            }
        }
        return administrator;
    }

    /** A fresh session in a schema. */
    void enter(String name) throws SQLException {
        administer("USE `" + name + "`");
        schema = name;
        restart();
    }

    private void restart() throws SQLException {
        try {
            session.close();
        } catch (SQLException e) {
            before = ""; // it was lost already
        }
        session = connect();
        before = state();
    }

    private Connection connect() throws SQLException {
        String account = mariadb ? "user=reader&password=reader" : "user=app&password=app";
        Connection connection = DriverManager.getConnection("jdbc:mysql://" + server.address() + "/" + schema + "?"
                + account + "&sslMode=DISABLED&allowPublicKeyRetrieval=true&trackSessionState=true"
                + "&socketTimeout=20000&characterEncoding=UTF-8");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION session_track_system_variables='*', "
                    + (mariadb ? "max_statement_time=2" : "max_execution_time=2000, session_track_gtids=OWN_GTID"));
        }
        thread = mariadb
                ? number(
                        connection,
                        "SELECT THREAD_ID FROM performance_schema.threads" + " WHERE PROCESSLIST_ID = CONNECTION_ID()")
                : number(
                        connection,
                        "SELECT PS_CURRENT_THREAD_ID()",
                        "SELECT THREAD_ID FROM" + " performance_schema.threads WHERE PROCESSLIST_ID = CONNECTION_ID()");
        return connection;
    }

    private static long number(Connection connection, String... spellings) throws SQLException {
        SQLException last = new SQLException("no spelling");
        for (String sql : spellings) {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                return rows.next() ? rows.getLong(1) : -1;
            } catch (SQLException e) {
                last = e;
            }
        }
        throw last;
    }

    /** What the session trackers told with the last answer. */
    private List<String> told() throws SQLException {
        ServerSessionStateChanges changes = session.unwrap(JdbcConnection.class)
                .getServerSessionStateController()
                .getSessionStateChanges();
        List<String> told = new ArrayList<>();
        if (changes != null) {
            changes.getSessionStateChangesList().forEach(change -> {
                if (change.getType() == SYSTEM_VARIABLE || change.getType() == GTIDS) {
                    told.add(String.join("=", change.getValues()));
                } else if (change.getType() == SCHEMA) {
                    told.add("schema=" + change.getValues().get(0));
                }
            });
        }
        return told;
    }

    /** Runs a statement in the session and looks around afterwards. */
    Outcome run(String sql) throws SQLException {
        int error = 0;
        String message = "";
        try (Statement statement = session.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        } catch (SQLException e) {
            error = e.getErrorCode() == 0 ? -1 : e.getErrorCode();
            message = String.valueOf(e.getMessage());
        }
        if (session.isClosed() || error == -1) {
            revive(sql);
            restart();
            return new Outcome(-1, message, List.of());
        }
        List<String> traces = traces(error == 0 ? told() : List.of());
        if (!traces.isEmpty()) {
            restart();
        }
        return new Outcome(error, message, traces);
    }

    /** Servers have bugs, and what is tried here comes from their tests. */
    private void revive(String sql) throws SQLException {
        try {
            server.connect().close();
        } catch (SQLException e) {
            System.out.println("the server did not survive, and is started again: " + sql);
            server.kill();
            server.start();
            administrator.abort(Runnable::run);
            writable(writable);
        }
    }

    /** The tables that a query locks, without those of the server itself. */
    Set<String> tables(String sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute("BEGIN");
            statement.execute(sql);
            return names(
                    "SELECT DISTINCT CONCAT(OBJECT_SCHEMA, '.', OBJECT_NAME) FROM performance_schema.metadata_locks"
                            + " WHERE OWNER_THREAD_ID=" + thread + " AND OBJECT_TYPE='TABLE' AND OBJECT_SCHEMA NOT IN"
                            + " ('mysql', 'sys', 'information_schema', 'performance_schema')");
        } finally {
            try (Statement statement = session.createStatement()) {
                statement.execute("ROLLBACK");
            }
        }
    }

    /** Whether one of them is a view, for which further tables are locked. */
    boolean hasView(Set<String> tables) throws SQLException {
        Set<String> views = names("SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) FROM information_schema.VIEWS");
        return tables.stream().anyMatch(views::contains);
    }

    private Set<String> names(String sql) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (Statement statement = administrator().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private List<String> traces(List<String> changes) throws SQLException {
        List<String> traces = new ArrayList<>();
        if (session.unwrap(JdbcConnection.class).getSession().getServerSession().inTransactionOnServer()) {
            traces.add("in a transaction");
        }
        for (String change : new TreeSet<>(changes)) {
            String name = change.split("=", 2)[0];
            if (name.equals("statement_id")) {
                continue; // it counts statements
            }
            if (!name.equals("schema")) {
                confirm(name, change, traces);
            } else if (!change.equals("schema=" + schema)) {
                traces.add(change);
            }
        }
        String after = state();
        if (!after.equals(before)) {
            traces.add("before " + before + " after " + after);
            before = after;
        }
        return traces;
    }

    /** MariaDB tells of values that hold for the statement alone as if they stayed. */
    private void confirm(String name, String change, List<String> traces) throws SQLException {
        if (!name.matches("\\w+")) {
            traces.add("GTID " + change);
            return;
        }
        long own = thread;
        String usual;
        try (Connection fresh = connect()) {
            usual = value(fresh, name);
        }
        thread = own;
        String now = value(session, name);
        if (!now.equals(usual)) {
            traces.add(name + " is " + now + ", was " + usual);
        }
    }

    private static String value(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT @@session." + name)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    /** GTIDs, and of the session: locks, user variables, prepared texts, transactions, variables, temporary tables. */
    private String state() throws SQLException {
        String common = "(SELECT COUNT(*) FROM performance_schema.metadata_locks WHERE OWNER_THREAD_ID=" + thread
                + "), (SELECT COUNT(*) FROM performance_schema.user_variables_by_thread WHERE THREAD_ID=" + thread
                + "), (SELECT COUNT(*) FROM performance_schema.prepared_statements_instances"
                + " WHERE OWNER_THREAD_ID=" + thread + "), (SELECT COUNT(*) FROM information_schema.INNODB_TRX"
                + " WHERE trx_mysql_thread_id = (SELECT PROCESSLIST_ID FROM performance_schema.threads"
                + " WHERE THREAD_ID=" + thread + "))";
        String sql = mariadb
                ? "SELECT @@gtid_current_pos, @@gtid_binlog_pos, " + common
                : "SELECT @@global.gtid_executed, " + common
                        + ", (SELECT COUNT(*) FROM information_schema.INNODB_TEMP_TABLE_INFO)"
                        + ", (SELECT SUM(CRC32(CONCAT(VARIABLE_NAME, '=', IFNULL(VARIABLE_VALUE, ''))))"
                        + " FROM performance_schema.variables_by_thread WHERE THREAD_ID=" + thread
                        + " AND VARIABLE_NAME NOT IN ('statement_id', 'timestamp',"
                        + " 'error_count', 'warning_count', 'rand_seed1', 'rand_seed2'))";
        StringBuilder state = new StringBuilder();
        try (Statement statement = administrator().createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                state.append(i == 1 ? "" : ", ").append(rows.getString(i));
            }
        }
        return state.toString();
    }

    @Override
    public void close() throws SQLException {
        session.close();
        administrator.close();
    }
}
