// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.SqlError;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.Trait;
import org.jspecify.annotations.Nullable;

/**
 * A backend connection lost while a command was on its way: what is known of the command then. Nothing may be executed
 * twice, so only what was not sent, or is a plain read of which the client has seen nothing, is sent again.
 *
 * @param sent whether the command itself, not only the steps before it, was written
 * @param relayed whether the client has seen a byte of the response
 * @param inTransaction whether a transaction was open before the command
 * @param kept whether the session needed that very connection, for a transaction or a pin
 * @param endsTransaction whether the command commits or rolls back, if only by the way
 * @param repeatable whether it makes no difference if the command is executed once more, given no open transaction
 * @param attemptsLeft whether the command may be sent once more
 */
record Loss(
        boolean sent,
        boolean relayed,
        boolean inTransaction,
        boolean kept,
        boolean endsTransaction,
        StatementClass statementClass,
        boolean repeatable,
        boolean attemptsLeft) {

    /**
     * Of a statement.
     *
     * @param kept whether the session needed that very connection
     */
    static Loss of(
            Statement statement,
            boolean sent,
            boolean relayed,
            boolean inTransaction,
            boolean kept,
            boolean attemptsLeft) {
        return new Loss(
                sent,
                relayed,
                inTransaction,
                kept,
                endsTransaction(statement),
                statement.statementClass(),
                isRepeatable(statement),
                attemptsLeft);
    }

    /** Whether the command may go to another connection without anybody noticing. */
    boolean mayBeSentAgain() {
        if (kept || inTransaction) {
            return false;
        }
        return !sent || (!relayed && repeatable && attemptsLeft);
    }

    /** Whether a transaction was rolled back by it, of which the client has seen all but the answer to this command. */
    boolean endedTransactionOnly() {
        return inTransaction && !relayed && !(sent && endsTransaction);
    }

    /** Whether the client would be told that nobody knows whether the statement was executed. */
    boolean isOutcomeUnknown() {
        return !mayBeSentAgain()
                && !isWithoutOutcome()
                && !(inTransaction && !(sent && endsTransaction))
                && !(kept && (!sent || (!relayed && !mayWrite(statementClass))))
                && mayWrite(statementClass);
    }

    /** What the client is told if the command is not sent again. */
    SqlError error(BackendConnection connection, String pins, @Nullable String cause) {
        String why = cause == null ? "unknown cause" : cause;
        if (inTransaction && !(sent && endsTransaction)) {
            return Errors.transactionLost(connection.address(), why);
        }
        if (kept && (!sent || (!relayed && !mayWrite(statementClass)))) {
            return Errors.stateLost(connection.address(), pins, why);
        }
        return mayWrite(statementClass) && !isWithoutOutcome()
                ? Errors.outcomeUnknown(connection.address(), why)
                : Errors.resultCut(connection.address(), why);
    }

    /** Whether it makes no difference if it was executed, since the connection is gone. */
    private boolean isWithoutOutcome() {
        return repeatable && !inTransaction && !kept;
    }

    /** Whether it commits or rolls back the open transaction, if only by the way. */
    static boolean endsTransaction(Statement statement) {
        return statement.has(Trait.ENDS_TRANSACTION)
                || statement.has(Trait.BEGINS_TRANSACTION)
                || statement.has(Trait.SETS_AUTOCOMMIT)
                || statement.statementClass() == StatementClass.WI;
    }

    /** Whether it does nothing but roll back. */
    static boolean isRollback(Statement statement) {
        return statement.verb().equals("ROLLBACK")
                && statement.has(Trait.ENDS_TRANSACTION)
                && !statement.has(Trait.BEGINS_TRANSACTION)
                && !statement.has(Trait.ENDS_CONNECTION)
                && !statement.has(Trait.MULTI_STATEMENT);
    }

    /** A plain read; or what begins a transaction, or ends one that is not there. */
    private static boolean isRepeatable(Statement statement) {
        return statement.statementClass() == StatementClass.R
                || statement.statementClass() == StatementClass.T
                        && (statement.has(Trait.BEGINS_TRANSACTION) || statement.has(Trait.ENDS_TRANSACTION))
                        && !statement.has(Trait.MULTI_STATEMENT)
                        && !statement.has(Trait.ENDS_CONNECTION);
    }

    /** Whether a statement of that class can change what other sessions see. */
    static boolean mayWrite(StatementClass statementClass) {
        return switch (statementClass) {
            case R, RP, L, S, X -> false;
            case W, WI, T, P, A -> true;
        };
    }
}
