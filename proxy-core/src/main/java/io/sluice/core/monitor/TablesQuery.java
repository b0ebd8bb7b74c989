// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.catalogue.ForeignKey;
import io.sluice.routing.catalogue.StoredTable;
import io.sluice.routing.catalogue.TableCatalogue;
import io.sluice.routing.catalogue.Tables;
import io.sluice.routing.topology.ServerVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What to ask a source of its tables, views, triggers and foreign keys (manual: information_schema.TABLES, VIEWS,
 * TRIGGERS, REFERENTIAL_CONSTRAINTS). Who may not see triggers is told that there are none, so nothing is concluded
 * without that privilege. Confined to the thread that reads.
 */
final class TablesQuery {
    private static final int TABLES_MAX = 20_000;
    private static final int DEFINITION_MAX = 64 << 10;
    private static final Duration NOTHING_NEW = Duration.ofDays(1);

    private static final String OF_USERS = " NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')";
    private static final String TABLES = "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE"
            + " FROM information_schema.TABLES WHERE TABLE_SCHEMA" + OF_USERS + " LIMIT " + (TABLES_MAX + 1);
    private static final String VIEWS = "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION"
            + " FROM information_schema.VIEWS WHERE TABLE_SCHEMA" + OF_USERS
            + " AND LENGTH(VIEW_DEFINITION) <= " + DEFINITION_MAX;
    private static final String TRIGGERS =
            "SELECT DISTINCT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS";
    private static final String KEYS = "SELECT UNIQUE_CONSTRAINT_SCHEMA, REFERENCED_TABLE_NAME, CONSTRAINT_SCHEMA,"
            + " TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS"
            + " WHERE UPDATE_RULE NOT IN ('RESTRICT', 'NO ACTION') OR DELETE_RULE NOT IN ('RESTRICT', 'NO ACTION')";

    private static final List<String> NEEDED = List.of("SELECT", "TRIGGER", "SHOW VIEW");

    private final TableCatalogue catalogue;
    private final Duration settles;

    /** @param lookAgainIn when more of it will be known, without any change */
    record Result(int known, List<String> missingGrants, Duration lookAgainIn) {}

    private record Name(String schema, String name) {}

    /** @param settles how long a table must have been the same, so that replicas that serve reads have it */
    TablesQuery(TableCatalogue catalogue, Duration settles) {
        this.catalogue = catalogue;
        this.settles = settles;
    }

    /** Another server is asked from now on. */
    void forget() {
        catalogue.forget();
    }

    Result read(Statement statement, ServerVersion version, String user, long nowNanos) throws SQLException {
        long changes = catalogue.changes();
        Set<String> missing = GlobalGrants.missing(statement, NEEDED);
        List<StoredTable> tables = missing.contains("TRIGGER") ? List.of() : tables(statement);
        List<ForeignKey> keys = tables.isEmpty() ? List.of() : keys(statement);
        Duration more = catalogue.learn(changes, Tables.of(tables, keys, version), nowNanos, settles);
        return new Result(
                catalogue.now().size(),
                missing.isEmpty()
                        ? List.of()
                        : List.of("GRANT " + String.join(", ", missing) + " ON *.* TO '" + user + "'@'...'"),
                more == null ? NOTHING_NEW : more.plusMillis(1));
    }

    /** None if there are too many to be kept. */
    private static List<StoredTable> tables(Statement statement) throws SQLException {
        Map<Name, String> views = new HashMap<>();
        try (ResultSet rows = statement.executeQuery(VIEWS)) {
            while (rows.next()) {
                views.put(new Name(rows.getString(1), rows.getString(2)), rows.getString(3));
            }
        }
        Set<Name> withTriggers = new HashSet<>();
        try (ResultSet rows = statement.executeQuery(TRIGGERS)) {
            while (rows.next()) {
                withTriggers.add(new Name(rows.getString(1), rows.getString(2)));
            }
        }
        List<StoredTable> tables = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(TABLES)) {
            while (rows.next()) {
                Name name = new Name(rows.getString(1), rows.getString(2));
                tables.add(new StoredTable(
                        name.schema,
                        name.name,
                        rows.getString(3),
                        rows.getString(4),
                        withTriggers.contains(name),
                        views.get(name)));
            }
        }
        return tables.size() > TABLES_MAX ? List.of() : tables;
    }

    private static List<ForeignKey> keys(Statement statement) throws SQLException {
        List<ForeignKey> keys = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(KEYS)) {
            while (rows.next()) {
                keys.add(new ForeignKey(rows.getString(1), rows.getString(2), rows.getString(3), rows.getString(4)));
            }
        }
        return keys;
    }
}
