// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql.parse;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.jspecify.annotations.Nullable;

/** Walks a syntax tree for the tables that the statement reads and writes. One per statement. */
final class TableFinder {
    /** What a FROM clause names; a derived table has no name of its own. */
    private record Source(String alias, @Nullable TableName table) {}

    private final Set<TableName> read = new LinkedHashSet<>();
    private final Set<TableName> written = new LinkedHashSet<>();
    /** Names of the common table expressions in sight, in lower case; the innermost first. */
    private final Deque<Set<String>> scopes = new ArrayDeque<>();

    Set<TableName> read() {
        return read;
    }

    Set<TableName> written() {
        return written;
    }

    void visit(@Nullable SqlNode node) {
        if (node instanceof SqlNodeList list) {
            list.forEach(this::visit);
        } else if (node instanceof SqlSelect select) {
            from(select.getFrom());
            for (SqlNode operand : select.getOperandList()) {
                if (operand != select.getFrom()) {
                    visit(operand);
                }
            }
        } else if (node instanceof SqlWith with) {
            with(with);
        } else if (node instanceof SqlJoin) {
            from(node);
        } else if (node instanceof SqlCall call) {
            call(call);
        }
    }

    @SuppressWarnings("ReferenceEquality") // our own operators are constants, and Calcite's equality is by name
    private void call(SqlCall call) {
        if (call.getOperator() == Syntax.STATEMENT) {
            statement(call);
        } else if (call.getOperator() == Syntax.UPDATE) {
            update(call);
        } else if (call.getOperator() == Syntax.TABLE || call.getKind() == SqlKind.EXPLICIT_TABLE) {
            from(call.operand(0));
        } else if (call.getOperator() == Syntax.SEQUENCE) {
            from(call.operand(0));
            written.add(name(call.operand(0)));
        } else {
            call.getOperandList().forEach(this::visit);
        }
    }

    private void with(SqlWith with) {
        Set<String> names = new HashSet<>();
        scopes.push(names);
        boolean recursive = false;
        for (SqlNode node : with.withList) {
            recursive |= ((SqlWithItem) node).recursive.booleanValue();
        }
        for (SqlNode node : with.withList) {
            if (recursive) { // They may name each other.
                names.add(lower(((SqlWithItem) node).name.getSimple()));
            }
        }
        for (SqlNode node : with.withList) {
            SqlWithItem item = (SqlWithItem) node;
            from(item.query);
            names.add(lower(item.name.getSimple()));
        }
        visit(with.body);
        scopes.pop();
    }

    /** Where a bare name is a table. */
    private void from(@Nullable SqlNode node) {
        if (node instanceof SqlIdentifier identifier) {
            if (!isCommonTableExpression(identifier)) {
                read.add(name(identifier));
            }
        } else if (node instanceof SqlJoin join) {
            from(join.getLeft());
            from(join.getRight());
            visit(join.getCondition());
        } else if (node != null && node.getKind() == SqlKind.AS) {
            from(((SqlCall) node).operand(0));
        } else {
            visit(node);
        }
    }

    /** What is written may be told by an alias of the tables that it is found in. */
    private void statement(SqlCall call) {
        SqlNodeList targets = call.operand(0);
        List<Source> sources = sources(call.operand(1));
        Set<TableName> changed = new LinkedHashSet<>();
        for (SqlNode node : targets) {
            SqlIdentifier target = (SqlIdentifier) node;
            TableName name = name(target);
            Source source = find(sources, name);
            if (source == null) {
                changed.add(name);
            } else if (source.table != null) {
                changed.add(source.table);
            }
        }
        finish(call, changed);
    }

    private void update(SqlCall call) {
        SqlNodeList columns = call.operand(0);
        List<Source> sources = sources(call.operand(1));
        Set<TableName> changed = new LinkedHashSet<>();
        boolean anyOfThem = false;
        for (SqlNode node : columns) {
            List<String> names = ((SqlIdentifier) node).names;
            int last = names.size() - 1;
            Source source = last == 0
                    ? null
                    : find(sources, new TableName(last > 1 ? names.get(last - 2) : null, names.get(last - 1)));
            anyOfThem |= source == null; // Without a table the column may be of any of them.
            add(changed, source == null ? null : source.table);
        }
        if (anyOfThem) {
            sources.forEach(source -> add(changed, source.table));
        }
        finish(call, changed);
    }

    /** A table that is written to is read only if another part of the statement reads it. */
    private void finish(SqlCall call, Set<TableName> changed) {
        Set<TableName> before = new HashSet<>(read);
        from(call.operand(1));
        changed.stream().filter(table -> !before.contains(table)).forEach(read::remove);
        visit(call.operand(2));
        written.addAll(changed);
    }

    private static void add(Set<TableName> tables, @Nullable TableName table) {
        if (table != null) {
            tables.add(table);
        }
    }

    private static @Nullable Source find(List<Source> sources, TableName name) {
        for (Source source : sources) {
            boolean schemaFits = name.schema() == null
                    || (source.table != null && name.schema().equals(source.table.schema()));
            if (schemaFits && source.alias.equalsIgnoreCase(name.name())) {
                return source;
            }
        }
        return null;
    }

    private List<Source> sources(SqlNode node) {
        List<Source> sources = new ArrayList<>();
        sources(node, sources);
        return sources;
    }

    private void sources(@Nullable SqlNode node, List<Source> sources) {
        if (node instanceof SqlJoin join) {
            sources(join.getLeft(), sources);
            sources(join.getRight(), sources);
        } else if (node instanceof SqlIdentifier identifier) {
            sources.add(source(name(identifier).name(), identifier));
        } else if (node != null && node.getKind() == SqlKind.AS) {
            SqlCall as = (SqlCall) node;
            String alias = ((SqlIdentifier) as.operand(1)).getSimple();
            sources.add(source(alias, as.operand(0)));
        }
    }

    private Source source(String alias, SqlNode table) {
        boolean named = table instanceof SqlIdentifier identifier && !isCommonTableExpression(identifier);
        return new Source(alias, named ? name((SqlIdentifier) table) : null);
    }

    private boolean isCommonTableExpression(SqlIdentifier table) {
        if (!table.isSimple()) {
            return false;
        }
        String name = lower(table.getSimple());
        return scopes.stream().anyMatch(names -> names.contains(name));
    }

    private static TableName name(SqlIdentifier identifier) {
        List<String> names = identifier.names;
        int last = names.size() - 1;
        return new TableName(last > 0 ? names.get(last - 1) : null, names.get(last));
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
