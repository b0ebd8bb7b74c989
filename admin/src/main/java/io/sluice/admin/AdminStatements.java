// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.admin.AdminReply.Refused;
import io.sluice.admin.AdminReply.Table;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.ServerControl;
import io.sluice.core.view.SessionView;
import io.sluice.protocol.SqlError;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What an operator may ask on the admin port: a table of names and functions. */
final class AdminStatements {

    private record Entry(String statement, String purpose, Supplier<AdminReply> answer) {}

    /** What follows is left as it is: comments may be code. */
    private static final Pattern EXPLAIN_ROUTE = Pattern.compile("(?is)\\s*EXPLAIN\\s+ROUTE\\s+(.*)");

    private static final int ER_PARSE_ERROR = 1064;

    private final List<Entry> entries = new ArrayList<>();
    private final ProxyView view;
    private final ServerOperations operations;
    private final String version;

    AdminStatements(ProxyView view, ServerControl control, String version) {
        this.view = view;
        this.operations = new ServerOperations(control);
        this.version = version;
        add("SHOW SERVERS", "the servers, their roles, lag and what is wrong with them", this::servers);
        add("SHOW TOPOLOGY", "who is the source, or why nobody is", this::topology);
        add("SHOW SESSIONS", "the clients, and what each holds", this::sessions);
        add("SHOW PROCESSLIST", "the same as SHOW SESSIONS", this::sessions);
        add("SHOW POOL", "connections to each server", this::pools);
        add("SHOW VERSION", "version, and since when it runs", this::version);
        add("SHOW TABLES", "the same as HELP", this::help);
        add("HELP", "this list", this::help);
    }

    private void add(String statement, String purpose, Supplier<AdminReply> answer) {
        entries.add(new Entry(statement, purpose, answer));
    }

    AdminReply answer(String sql) {
        String statement = StatementText.normalised(sql);
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
        AdminReply operation = operations.answer(statement);
        if (operation != null) {
            return operation;
        }
        AdminReply greeting = DriverStatements.answer(statement, version);
        if (greeting != null) {
            return greeting;
        }
        String known = entries.stream().map(Entry::statement).collect(Collectors.joining(", "))
                + ", EXPLAIN ROUTE sql, "
                + String.join(", ", ServerOperations.SWITCHOVER, ServerOperations.DRAIN, ServerOperations.RESTORE);
        String message = "Sluice: the admin port understands " + known + "; not: "
                + (statement.length() <= 80 ? statement : statement.substring(0, 80) + "...");
        return new Refused(new SqlError(ER_PARSE_ERROR, "42000", message));
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
        table.with("EXPLAIN ROUTE sql", "where a statement of a new session would go, and why");
        table.with(ServerOperations.SWITCHOVER, "makes that server the source; clients wait meanwhile");
        table.with(ServerOperations.DRAIN, "begins nothing new there; ends what is open after n seconds");
        table.with(ServerOperations.RESTORE, "lets a drained server serve again");
        return table;
    }
}
