// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.SqlError;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.BackendAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a session that keeps a connection to a replica must not do there: for a read-only transaction, or for
 * diagnostics that it may still ask for. A replica's being read-only is no guard, since it stops neither locks nor
 * temporary tables, nor procedures of privileged definers.
 */
final class ReplicaGuard {
    private ReplicaGuard() {}

    /** The answer in place of the statement's; null if it may run there. */
    static @Nullable SqlError refusal(
            Statement statement, boolean inTransaction, BackendAddress replica, SessionState state) {
        if (!inTransaction) {
            return mayWriteAnew(statement, false)
                    ? Errors.tiedToReplica(replica, state.pinsText(), statement.verb())
                    : null;
        }
        return Loss.mayWrite(statement.statementClass()) && !controlsTransaction(statement)
                ? Errors.inReadOnlyTransaction(replica, statement, state.isMariadb())
                : null;
    }

    /** Whether the statement is no mere read, nor part of a transaction that has its place already. */
    static boolean mayWriteAnew(Statement statement, boolean inTransaction) {
        StatementClass statementClass = statement.statementClass();
        boolean asksOnly = statement.has(Trait.USES_DIAGNOSTICS) && !statementClass.isAtLeast(StatementClass.W);
        return Loss.mayWrite(statementClass) && !inTransaction && !asksOnly;
    }

    /**
     * Whether a transaction that begins while a read-only one is open on a replica, and ends that one, need not run
     * there.
     */
    static boolean leaves(Statement statement, BackendConnection held, SessionState state, LoopScope scope) {
        return state.pins().isEmpty() && beginsAnother(statement) && scope.isReplica(held.address());
    }

    /** BEGIN or START TRANSACTION, which commits the transaction before it. */
    private static boolean beginsAnother(Statement statement) {
        return controlsTransaction(statement)
                && statement.has(Trait.BEGINS_TRANSACTION)
                && !statement.has(Trait.ENDS_TRANSACTION)
                && statement.pin() == null;
    }

    /** COMMIT, SAVEPOINT and the like; or the beginning of another transaction, by itself. */
    private static boolean controlsTransaction(Statement statement) {
        return statement.statementClass() == StatementClass.T && !statement.has(Trait.MULTI_STATEMENT);
    }
}
