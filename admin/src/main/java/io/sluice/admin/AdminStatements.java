// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.admin.AdminReply.Changed;
import io.sluice.admin.AdminReply.Entered;
import io.sluice.admin.AdminReply.Later;
import io.sluice.admin.AdminReply.Refused;
import io.sluice.admin.AdminReply.Table;
import io.sluice.admin.AdminReply.Text;
import io.sluice.admin.sql.AdminDatabase;
import io.sluice.admin.sql.AdminUser;
import io.sluice.admin.sql.AuditLog;
import io.sluice.admin.sql.Schema;
import io.sluice.admin.sql.SqlAnswer;
import io.sluice.admin.sql.SqlRefused;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.SessionView;
import io.sluice.protocol.SqlError;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an operator may ask on the admin port: a table of names and functions. */
final class AdminStatements {

    private record Entry(String statement, String purpose, Supplier<AdminReply> answer) {}

    /** What follows is left as it is: comments may be code. */
    private static final Pattern EXPLAIN_ROUTE = Pattern.compile("(?is)\\s*EXPLAIN\\s+ROUTE\\s+(.*)");

    private static final Pattern USE = Pattern.compile("(?i)USE [`\"']?(\\w*)[`\"']?");

    private static final Pattern STATUS_LIKE =
            Pattern.compile("(?i)SHOW (?:(?:GLOBAL|SESSION|LOCAL|MYSQL) )?STATUS LIKE '([^']*)'");

    private static final String PROCESSLIST = "SELECT SessionID, user, db, hostgroup, command, time_ms, %s AS info"
            + " FROM stats.stats_mysql_processlist ORDER BY SessionID";
    private static final String VARIABLES =
            "SELECT Variable_Name AS Variable_name, Variable_Value AS Value FROM stats.%s ORDER BY 1";
    /** What ProxySQL has shorter words for. */
    private static final Map<String, String> SHORT_FORMS = Map.of(
            "SHOW PROCESSLIST", PROCESSLIST.formatted("substr(info, 1, 100)"),
            "SHOW FULL PROCESSLIST", PROCESSLIST.formatted("info"),
            "SHOW MYSQL STATUS", VARIABLES.formatted("stats_mysql_global"),
            "SHOW SESSION STATUS", VARIABLES.formatted("stats_mysql_global"),
            "SHOW STATUS", VARIABLES.formatted("stats_mysql_global"),
            "SHOW CONFIG", "SELECT name, value FROM stats.configuration",
            "SHOW GLOBAL STATUS", VARIABLES.formatted("stats_mysql_global"));

    private static final int ER_PARSE_ERROR = 1064;
    private static final int ER_UNKNOWN_ERROR = 1105;

    private final List<Entry> entries = new ArrayList<>();
    private final ProxyView view;
    private final ServerOperations operations;
    private final ProxyOperations proxy;
    private final AdminDatabase database;
    private final AuditedStatements audited;
    private final String version;

    AdminStatements(
            ProxyView view, AdminPort.Controls controls, AdminDatabase database, AuditLog audit, String version) {
        this.audited = new AuditedStatements(audit);
        this.view = view;
        this.database = database;
        this.operations = new ServerOperations(controls.operations());
        this.proxy = new ProxyOperations(controls.clients(), controls.process());
        this.version = version;
        add("SHOW SERVERS", "the servers, their roles, lag and what is wrong with them", this::servers);
        add("SHOW TOPOLOGY", "who is the source, or why nobody is", this::topology);
        add("SHOW SESSIONS", "the clients, and what each holds", this::sessions);
        add("SHOW POOL", "connections to each server", this::pools);
        add("SHOW VERSION", "version, and since when it runs", this::version);
        add("HELP", "this list", this::help);
    }

    private void add(String statement, String purpose, Supplier<AdminReply> answer) {
        entries.add(new Entry(statement, purpose, answer));
    }

    /** @param schema the connection's */
    AdminReply answer(String sql, Schema schema, AdminUser by) {
        String statement = StatementText.normalised(sql);
        AdminReply refusal = Permissions.refusal(sql, statement, by);
        return audited.reply(sql, statement, by, refusal == null ? answer(sql, statement, schema, by) : refusal);
    }

    private AdminReply answer(String sql, String statement, Schema schema, AdminUser by) {
        String upper = statement.toUpperCase(Locale.ROOT);
        for (Entry entry : entries) {
            if (entry.statement().equals(upper)) {
                return entry.answer().get();
            }
        }
        Matcher explained = EXPLAIN_ROUTE.matcher(sql);
        if (explained.matches()) {
            return explanation(explained.group(1));
        }
        Matcher use = USE.matcher(statement);
        if (use.matches()) {
            return enter(use.group(1));
        }
        String query = SHORT_FORMS.get(upper);
        if (query != null) {
            return ofTables(query, schema, by);
        }
        Matcher status = STATUS_LIKE.matcher(statement);
        if (status.matches()) {
            return ofTables(
                    "SELECT * FROM (" + SHORT_FORMS.get("SHOW STATUS") + ") WHERE Variable_name LIKE '"
                            + status.group(1) + "' ESCAPE '\\'",
                    schema,
                    by);
        }
        if (AdminDatabase.isFor(statement) && upper.startsWith("SLUICE ")) {
            return ofTables(sql, schema, by);
        }
        AdminReply ofProxy = proxy.answer(statement);
        if (ofProxy != null) {
            return ofProxy;
        }
        AdminReply operation = operations.answer(statement);
        if (operation != null) {
            return operation;
        }
        if (AdminDatabase.isOfVariables(statement)) {
            return ofTables(sql, schema, by);
        }
        AdminReply greeting = DriverStatements.answer(statement, version, schema, by);
        if (greeting != null) {
            return greeting;
        }
        if (AdminDatabase.isFor(statement)) {
            return ofTables(sql, schema, by);
        }
        String known = entries.stream().map(Entry::statement).collect(Collectors.joining(", "))
                + ", EXPLAIN ROUTE sql, "
                + String.join(
                        ", ",
                        ServerOperations.SWITCHOVER,
                        ServerOperations.DRAIN,
                        ServerOperations.RESTORE,
                        ProxyOperations.FORMS,
                        ProxyOperations.KILL)
                + ", SHOW DATABASES, SHOW TABLES, SHOW CREATE TABLE, SELECT from any table, LOAD and SAVE";
        String message = "Sluice: the admin port understands " + known + "; not: "
                + (statement.length() <= 80 ? statement : statement.substring(0, 80) + "...");
        return new Refused(new SqlError(ER_PARSE_ERROR, "42000", message));
    }

    private AdminReply ofTables(String sql, Schema schema, AdminUser by) {
        return new Later(database.run(sql, schema, by).handle(AdminStatements::reply));
    }

    private static AdminReply reply(@Nullable SqlAnswer answer, @Nullable Throwable failure) {
        if (answer == null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            SqlError error = cause instanceof SqlRefused refused
                    ? refused.error()
                    : new SqlError(ER_UNKNOWN_ERROR, "HY000", "Sluice: " + cause);
            return new Refused(error);
        }
        return answer.hasRows()
                ? new Table(answer.columns(), answer.rows())
                : new Changed(answer.changed(), answer.note());
    }

    /** LOAD CONFIG, by somebody who is not a client. */
    void reload(AdminUser by) {
        AdminReply unused = answer("LOAD CONFIG", Schema.MAIN, by);
    }

    /** Makes a schema the connection's, as USE and COM_INIT_DB do; drivers that want none give an empty name. */
    AdminReply enter(String schema) {
        try {
            return new Entered(schema.isEmpty() ? Schema.MAIN : Schema.of(schema));
        } catch (SqlRefused refused) {
            return new Refused(refused.error());
        }
    }

    /** One line for people, as COM_STATISTICS is answered and "mysqladmin status" shows it. */
    AdminReply statistics() {
        return new Text("Uptime: "
                + Duration.between(view.startedAt(), Instant.now()).toSeconds() + "  Threads: " + view.clientCount()
                + "  Servers: " + view.topology().members().size());
    }

    private AdminReply explanation(String sql) {
        Table table = Table.of("name", "value");
        view.explain(sql).facts().forEach(table::with);
        return table;
    }

    private AdminReply servers() {
        Table table = Table.of("server", "role", "online", "lag_ms", "weight", "version", "gtid_executed", "note");
        for (Member member : view.topology().members()) {
            table.with(
                    member.address(),
                    member.role().name().toLowerCase(Locale.ROOT),
                    member.online() ? "yes" : "no",
                    member.lag() == null ? null : member.lag().toMillis(),
                    member.weight(),
                    member.version() == null ? null : member.version().text(),
                    member.executed(),
                    member.note());
        }
        return table;
    }

    private AdminReply topology() {
        Topology topology = view.topology();
        String replicas = topology.replicas().stream()
                .map(member -> member.address().toString())
                .collect(Collectors.joining(", "));
        return Table.of("version", "source", "replicas", "note")
                .with(
                        topology.version(),
                        topology.source().map(Member::address).orElse(null),
                        replicas,
                        topology.note());
    }

    private AdminReply sessions() {
        Table table = Table.of("id", "user", "client", "schema", "state", "pins", "server", "thread", "idle_ms");
        for (SessionView session : view.sessions()) {
            table.with(
                    session.id(),
                    session.user(),
                    session.client(),
                    session.schema(),
                    session.state(),
                    session.pins(),
                    session.backend(),
                    session.thread() == 0 ? "" : session.thread(),
                    session.idle().toMillis());
        }
        return table;
    }

    private AdminReply pools() {
        Table table = Table.of(
                "server", "connections_max", "open", "leased", "waiting", "opened", "closed", "resets", "slowness");
        for (PoolView pool : view.pools()) {
            table.with(
                    pool.backend(),
                    pool.limit(),
                    pool.open(),
                    pool.leased(),
                    pool.waiting(),
                    pool.opened(),
                    pool.closed(),
                    pool.resets(),
                    pool.slowness());
        }
        return table;
    }

    private AdminReply version() {
        return Table.of("version", "java", "started_at", "uptime_seconds", "clients", "accepting")
                .with(
                        version,
                        Runtime.version(),
                        view.startedAt(),
                        Duration.between(view.startedAt(), Instant.now()).toSeconds(),
                        view.clientCount(),
                        view.accepting() ? "yes" : "no");
    }

    private AdminReply help() {
        Table table = Table.of("statement", "shows");
        entries.forEach(entry -> table.with(entry.statement(), entry.purpose()));
        table.with("SHOW [FULL] PROCESSLIST", "stats_mysql_processlist in short");
        table.with("SHOW MYSQL STATUS", "stats_mysql_global");
        table.with("SHOW DATABASES", "the schemas: main, disk, stats, monitor");
        table.with("SHOW TABLES [FROM schema] [LIKE 'pattern']", "the tables of a schema");
        table.with("SHOW CREATE TABLE table", "how a table is made; SHOW COLUMNS FROM and DESCRIBE its columns");
        table.with("SELECT ...", "what these tables have, in SQLite's SQL");
        table.with("INSERT, REPLACE, UPDATE, DELETE", "change the configuration's tables in main");
        table.with("LOAD MYSQL SERVERS TO RUNTIME", "puts mysql_servers in force, whole or not at all");
        table.with("LOAD MYSQL SERVERS FROM DISK | CONFIG", "takes mysql_servers from there");
        table.with("SAVE MYSQL SERVERS TO DISK | FROM RUNTIME", "keeps mysql_servers; takes what is in force into it");
        table.with("LOAD MYSQL QUERY RULES ..., SAVE MYSQL QUERY RULES ...", "the same of mysql_query_rules");
        table.with("LOAD MYSQL USERS ..., SAVE MYSQL USERS ...", "the same of mysql_users");
        table.with("SET mysql-name = value", "changes a variable in global_variables; LOAD puts it in force");
        table.with("SHOW [MYSQL | ADMIN | SLUICE | ALL] VARIABLES [LIKE 'pattern']", "global_variables");
        table.with("LOAD MYSQL | ADMIN | SLUICE VARIABLES ..., SAVE ...", "the same of global_variables");
        table.with(
                "LOAD CONFIG",
                "reads the configuration file again and puts in force what it says, whole or not at all");
        table.with(
                "SAVE CONFIG TO FILE [FORCE]",
                "writes the servers, users and rules in force into the configuration file, which keeps all else");
        table.with("SHOW CONFIG", "whether the file or the database counts at a restart, and what was saved there");
        table.with("SLUICE DIFF", "what memory, runtime, disk and file do not agree on");
        table.with("EXPLAIN ROUTE sql", "where a statement of a new session would go, and why");
        table.with(
                ProxyOperations.KILL, "ends a client's session, or its statement; ids are those of SHOW PROCESSLIST");
        table.with(ProxyOperations.FORMS, "keeps new clients out, lets them in, ends Sluice; SLUICE PAUSE is the same");
        table.with(ServerOperations.SWITCHOVER, "makes that server the source; clients wait meanwhile");
        table.with(ServerOperations.DRAIN, "begins nothing new there; ends what is open after n seconds");
        table.with(ServerOperations.RESTORE, "lets a drained server serve again");
        return table;
    }
}
