// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.view.ProxyView;
import io.sluice.core.view.SessionView;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The tables of the schema stats that show what ProxySQL has nothing like. */
final class OwnTables {
    private static final String TOPOLOGY = "server VARCHAR PRIMARY KEY, role VARCHAR NOT NULL, online INT NOT NULL,"
            + " lag_ms INT, weight INT NOT NULL, version VARCHAR, gtid_executed VARCHAR NOT NULL,"
            + " note VARCHAR NOT NULL, topology_version INT NOT NULL";
    private static final String SESSIONS = "id INTEGER PRIMARY KEY, user VARCHAR NOT NULL, client VARCHAR NOT NULL,"
            + " \"schema\" VARCHAR NOT NULL, state VARCHAR NOT NULL, pins VARCHAR NOT NULL, server VARCHAR NOT NULL,"
            + " thread INT, idle_ms INT NOT NULL";

    private OwnTables() {}

    static List<ShownTable> of(ProxyView view) {
        return List.of(
                ShownTable.of(Schema.STATS, "topology", TOPOLOGY, () -> topology(view)),
                ShownTable.of(Schema.STATS, "sessions", SESSIONS, () -> sessions(view)));
    }

    private static List<@Nullable Object[]> topology(ProxyView view) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        Topology topology = view.topology();
        for (Member member : topology.members()) {
            rows.add(new @Nullable Object[] {
                member.address().toString(),
                member.role().name().toLowerCase(Locale.ROOT),
                member.online() ? 1 : 0,
                member.lag() == null ? null : member.lag().toMillis(),
                member.weight(),
                member.version() == null ? null : member.version().text(),
                member.executed().toString(),
                member.note(),
                topology.version()
            });
        }
        return rows;
    }

    private static List<@Nullable Object[]> sessions(ProxyView view) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (SessionView session : view.sessions()) {
            rows.add(new @Nullable Object[] {
                session.id(),
                session.user(),
                session.client(),
                session.schema(),
                session.state(),
                session.pins(),
                session.backend(),
                session.thread() == 0 ? null : session.thread(),
                session.idle().toMillis()
            });
        }
        return rows;
    }
}
