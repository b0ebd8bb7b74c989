// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.SqlError;
import io.sluice.routing.sql.StatementClass;
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
 * @param attemptsLeft whether the command may be sent once more
 */
record Loss(
        boolean sent,
        boolean relayed,
        boolean inTransaction,
        boolean kept,
        boolean endsTransaction,
        StatementClass statementClass,
        boolean attemptsLeft) {

    /** Whether the command may go to another connection without anybody noticing. */
    boolean mayBeSentAgain() {
        if (kept || inTransaction) {
            return false;
        }
        return !sent || (!relayed && statementClass == StatementClass.R && attemptsLeft);
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
        return mayWrite(statementClass)
                ? Errors.outcomeUnknown(connection.address(), why)
                : Errors.resultCut(connection.address(), why);
    }

    /** Whether a statement of that class can change what other sessions see. */
    static boolean mayWrite(StatementClass statementClass) {
        return switch (statementClass) {
            case R, RP, L, S, X -> false;
            case W, WI, T, P, A -> true;
        };
    }
}
