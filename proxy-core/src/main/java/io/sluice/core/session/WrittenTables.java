// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.catalogue.TableCatalogue;
import io.sluice.routing.catalogue.Tables;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.parse.TableName;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tables a session's open transaction, or the statement under way, has written. Confined to its event loop. What
 * is known of tables must be the same before a statement and after it; else it may have done anything.
 */
final class WrittenTables {
    private final TableCatalogue catalogue;
    private final Set<TableName> tables = new LinkedHashSet<>();
    private Tables known = Tables.UNKNOWN;
    private boolean any;

    WrittenTables(TableCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /**
     * A statement is on its way.
     *
     * @param schema of names without one
     * @param alone whether it is a transaction by itself
     */
    void begin(Statement statement, @Nullable String schema, boolean alone) {
        if (!catalogue.isOn()) {
            return;
        }
        known = catalogue.now();
        if (any || (alone && statement.statementClass() == StatementClass.R)) {
            return; // should that write after all, it is not known where
        }
        any = !known.addChanged(statement.tableUse(), schema, tables) || tables.size() > Writes.MAX_TABLES;
    }

    /** Where the writes were of which the server tells now; null or none: anywhere. */
    @SuppressWarnings("ReferenceEquality") // the same object for as long as nothing changes
    @Nullable
    Set<TableName> now() {
        return any || known != catalogue.now() ? null : tables;
    }

    /** The statement has had its answer. */
    void ended(boolean inTransaction) {
        if (!catalogue.isOn()) {
            return;
        }
        if (inTransaction) {
            any |= now() == null;
        } else {
            any = false;
            tables.clear();
        }
    }
}
