// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.catalogue;

import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.sql.TableUse;
import io.sluice.routing.sql.parse.TableName;
import io.sluice.routing.topology.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The tables and views of the servers at one moment: which tables stand behind a name that is read or changed. What is
 * not listed may be anything. Immutable.
 */
public final class Tables {
    /** Nothing is known. */
    public static final Tables UNKNOWN = new Tables(Map.of());

    /** What a change of one table changes beyond this many others is not followed. */
    private static final int REACH_MAX = 32;

    private static final Set<String> TYPES = Set.of("BASE TABLE", "SYSTEM VERSIONED");
    /** Those that keep their rows where no other table has them, too, as MERGE and FEDERATED do not. */
    private static final Set<String> ENGINES =
            Set.of("innodb", "myisam", "aria", "memory", "rocksdb", "archive", "csv", "blackhole");

    /**
     * What stands behind a name.
     *
     * @param read the tables that a query of it reads; null: any
     * @param changed those that a change of it changes; null: any
     */
    record Behind(@Nullable List<TableName> read, @Nullable List<TableName> changed) {
        Behind {
            read = read == null ? null : List.copyOf(read);
            changed = changed == null ? null : List.copyOf(changed);
        }
    }

    private final Map<String, Map<String, Behind>> bySchema;

    private Tables(Map<String, Map<String, Behind>> bySchema) {
        this.bySchema = bySchema;
    }

    /** Works out what was read of a server of that version. */
    public static Tables of(Collection<StoredTable> all, Collection<ForeignKey> keys, ServerVersion version) {
        Map<TableName, StoredTable> tables = new HashMap<>();
        Set<TableName> twice = new LinkedHashSet<>(); // they differ in case alone
        for (StoredTable table : all) {
            TableName name = name(table.schema(), table.name());
            if (tables.put(name, table) != null) {
                twice.add(name);
            }
        }
        tables.keySet().removeAll(twice);
        Map<TableName, Set<TableName>> children = new HashMap<>();
        for (ForeignKey key : keys) {
            children.computeIfAbsent(name(key.parentSchema(), key.parent()), parent -> new LinkedHashSet<>())
                    .add(name(key.childSchema(), key.child()));
        }
        Map<String, Map<String, Behind>> known = new HashMap<>();
        Views views = new Views(tables, version);
        tables.forEach((name, table) -> {
            Behind behind = isPlain(table)
                    ? new Behind(List.of(name), reach(name, children, tables))
                    : new Behind(views.read(name), null);
            if (behind.read != null) {
                known.computeIfAbsent(Objects.requireNonNull(name.schema()), schema -> new HashMap<>())
                        .put(name.name(), behind);
            }
        });
        return new Tables(known);
    }

    private static TableName name(String schema, String name) {
        return new TableName(schema.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
    }

    private static boolean isPlain(@Nullable StoredTable table) {
        return table != null
                && TYPES.contains(table.type())
                && table.engine() != null
                && ENGINES.contains(table.engine().toLowerCase(Locale.ROOT));
    }

    /** The table and all that foreign keys change along with it; null if a trigger might add to them. */
    private static @Nullable List<TableName> reach(
            TableName first, Map<TableName, Set<TableName>> children, Map<TableName, StoredTable> tables) {
        Set<TableName> reached = new LinkedHashSet<>(List.of(first));
        Deque<TableName> ahead = new ArrayDeque<>(reached);
        while (!ahead.isEmpty()) {
            TableName name = ahead.remove();
            StoredTable table = tables.get(name);
            if (table == null || !isPlain(table) || table.triggers() || reached.size() > REACH_MAX) {
                return null;
            }
            for (TableName child : children.getOrDefault(name, Set.of())) {
                if (reached.add(child)) {
                    ahead.add(child);
                }
            }
        }
        return new ArrayList<>(reached);
    }

    /** The tables that views read, through other views. One per reading of the catalogue. */
    private static final class Views {
        private final Map<TableName, StoredTable> tables;
        private final LexContext context;
        private final StatementClassifier classifier =
                new StatementClassifier(4, new Structures(Runnable::run, 1 << 16));
        private final Map<TableName, TableUse> parsed = new HashMap<>();

        Views(Map<TableName, StoredTable> tables, ServerVersion version) {
            this.tables = tables;
            this.context = LexContext.DEFAULT.withVersion(version);
        }

        /** Null if that is not certain. */
        @Nullable
        List<TableName> read(TableName view) {
            Set<TableName> seen = new LinkedHashSet<>(List.of(view));
            List<TableName> plain = new ArrayList<>();
            Deque<TableName> ahead = new ArrayDeque<>(seen);
            while (!ahead.isEmpty()) {
                TableName name = ahead.remove();
                StoredTable table = tables.get(name);
                if (isPlain(table)) {
                    plain.add(name);
                    continue;
                }
                List<TableName> behind = table == null ? null : named(name, table);
                if (behind == null || seen.size() > REACH_MAX) {
                    return null;
                }
                behind.stream().filter(seen::add).forEach(ahead::add);
            }
            return plain;
        }

        private @Nullable List<TableName> named(TableName name, StoredTable view) {
            String definition = view.definition();
            if (definition == null || definition.isEmpty() || !view.type().equals("VIEW")) {
                return null;
            }
            List<TableName> named =
                    parsed.computeIfAbsent(name, unknown -> parse(definition)).read();
            boolean qualified = named != null && named.stream().allMatch(table -> table.schema() != null);
            return qualified ? named : null;
        }

        private TableUse parse(String definition) {
            byte[] sql = definition.getBytes(StandardCharsets.UTF_8);
            Statement statement = classifier.classify(sql, 0, sql.length, context);
            boolean isRead = statement.statementClass() == StatementClass.R
                    && statement.tableUse().changed() != null;
            return isRead ? statement.tableUse() : TableUse.ANY;
        }
    }

    /** Adds the tables that a statement may change; false if that may be any. */
    public boolean addChanged(TableUse use, @Nullable String sessionSchema, Set<TableName> changed) {
        List<TableName> named = use.changed();
        if (named == null || !isReadAlone(use, sessionSchema)) {
            return false;
        }
        for (int i = 0; i < named.size(); i++) {
            Behind behind = find(named.get(i), sessionSchema);
            if (behind == null || behind.changed == null) {
                return false;
            }
            changed.addAll(behind.changed);
        }
        return true;
    }

    /** Whether what is read is known, so that no function hides in it that writes. */
    private boolean isReadAlone(TableUse use, @Nullable String sessionSchema) {
        List<TableName> named = use.read();
        if (named == null) {
            return false;
        }
        for (int i = 0; i < named.size(); i++) {
            if (find(named.get(i), sessionSchema) == null) {
                return false;
            }
        }
        return true;
    }

    /** Whether a statement may read the table. Allocates nothing. */
    public boolean mayRead(TableUse use, @Nullable String sessionSchema, TableName table) {
        List<TableName> named = use.read();
        if (named == null) {
            return true;
        }
        for (int i = 0; i < named.size(); i++) {
            Behind behind = find(named.get(i), sessionSchema);
            if (behind == null || behind.read == null || behind.read.contains(table)) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Behind find(TableName table, @Nullable String sessionSchema) {
        String schema = table.schema();
        if (schema == null) {
            schema = sessionSchema == null ? null : sessionSchema.toLowerCase(Locale.ROOT);
        }
        Map<String, Behind> names = schema == null ? null : bySchema.get(schema);
        return names == null ? null : names.get(table.name());
    }

    /** Those entries alone for which that holds. */
    Tables where(BiPredicate<TableName, Behind> holds) {
        Map<String, Map<String, Behind>> kept = new HashMap<>();
        bySchema.forEach((schema, names) -> names.forEach((name, behind) -> {
            if (holds.test(new TableName(schema, name), behind)) {
                kept.computeIfAbsent(schema, any -> new HashMap<>()).put(name, behind);
            }
        }));
        return new Tables(kept);
    }

    /** How many tables and views are known. */
    public int size() {
        return bySchema.values().stream().mapToInt(Map::size).sum();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tables that && bySchema.equals(that.bySchema);
    }

    @Override
    public int hashCode() {
        return bySchema.hashCode();
    }
}
