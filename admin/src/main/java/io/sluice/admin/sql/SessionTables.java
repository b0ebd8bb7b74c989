// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.view.SessionView;
import io.sluice.core.view.UserList;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tables of the schema stats about clients. */
record SessionTables(Sight sight) {
    private static final String SESSIONS = "id INTEGER PRIMARY KEY, user VARCHAR NOT NULL, client VARCHAR NOT NULL,"
            + " \"schema\" VARCHAR NOT NULL, state VARCHAR NOT NULL, pins VARCHAR NOT NULL, server VARCHAR NOT NULL,"
            + " thread INT, statement VARCHAR NOT NULL, idle_ms INT NOT NULL";
    private static final String PROCESSLIST = "ThreadID INT NOT NULL, SessionID INTEGER PRIMARY KEY, user VARCHAR,"
            + " db VARCHAR, cli_host VARCHAR, cli_port INT, hostgroup INT, l_srv_host VARCHAR, l_srv_port INT,"
            + " srv_host VARCHAR, srv_port INT, command VARCHAR, time_ms INT NOT NULL, info VARCHAR,"
            + " status_flags INT, extended_info VARCHAR";
    private static final String USERS = "username VARCHAR PRIMARY KEY, frontend_connections INT NOT NULL,"
            + " frontend_max_connections INT NOT NULL";

    List<ShownTable> all() {
        return List.of(
                ShownTable.of(Schema.STATS, "sessions", SESSIONS, this::sessions),
                ShownTable.of(Schema.STATS, "stats_mysql_processlist", PROCESSLIST, this::processlist),
                ShownTable.of(Schema.STATS, "stats_mysql_users", USERS, this::users));
    }

    private List<@Nullable Object[]> sessions() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (SessionView session : sight.view().sessions()) {
            rows.add(new @Nullable Object[] {
                session.id(),
                session.user(),
                session.client(),
                session.schema(),
                session.state(),
                session.pins(),
                session.backend(),
                session.thread() == 0 ? null : session.thread(),
                session.statement(),
                session.idle().toMillis()
            });
        }
        return rows;
    }

    private List<@Nullable Object[]> processlist() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (SessionView session : sight.view().sessions()) {
            BackendAddress server = session.backend().isEmpty() ? null : BackendAddress.parse(session.backend());
            int colon = session.client().lastIndexOf(':');
            String port = session.client().substring(colon + 1);
            boolean hasPort = colon > 0 && !port.isEmpty() && port.chars().allMatch(Character::isDigit);
            rows.add(new @Nullable Object[] {
                session.thread(),
                session.id(),
                session.user(),
                session.schema(),
                hasPort ? session.client().substring(0, colon) : session.client(),
                hasPort ? Integer.valueOf(port) : null,
                server == null ? null : hostgroup(server),
                null,
                null,
                server == null ? null : server.host(),
                server == null ? null : server.port(),
                command(session),
                session.idle().toMillis(),
                session.statement(),
                null,
                session.pins().isEmpty() ? null : session.pins()
            });
        }
        return rows;
    }

    private @Nullable Integer hostgroup(BackendAddress server) {
        boolean source = sight.view()
                .topology()
                .source()
                .map(Member::address)
                .filter(server::equals)
                .isPresent();
        return source
                ? sight.hostgroups().ofSource().id()
                : sight.hostgroups().ofReplicas().id();
    }

    /** "Query" is a statement at a server, as its own process list says; one that waits for a connection is not there. */
    private static String command(SessionView session) {
        if (session.state().equalsIgnoreCase("idle")) {
            return "Sleep";
        }
        return session.backend().isEmpty() ? "Connect" : "Query";
    }

    /** Those that are listed and those that are here. */
    private List<@Nullable Object[]> users() {
        Map<String, Integer> limits = new LinkedHashMap<>();
        Map<String, Integer> clients = new LinkedHashMap<>();
        for (UserList.Entry user : sight.users().users()) {
            limits.put(user.name(), user.settings().maxClients());
            clients.put(user.name(), 0);
        }
        sight.view().sessions().forEach(session -> clients.merge(session.user(), 1, Integer::sum));
        int most = sight.config().mysql().maxClients();
        int otherwise = sight.config().mysql().maxClientsPerUser();
        List<@Nullable Object[]> rows = new ArrayList<>();
        clients.forEach((user, count) -> {
            int limit = limits.getOrDefault(user, otherwise);
            rows.add(new @Nullable Object[] {user, count, limit == 0 ? most : limit});
        });
        return rows;
    }
}
