// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Kind;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;

/** Tells one failure of the driver from another: a dead server, a hanging one, a full one, a wrong account. */
final class ProbeFailure {

    private ProbeFailure() {}

    static Kind kindOf(SQLException failed) {
        switch (failed.getErrorCode()) {
            case 1040: // ER_CON_COUNT_ERROR
            case 1203: // ER_TOO_MANY_USER_CONNECTIONS
            case 1226: // ER_USER_LIMIT_REACHED
                return Kind.TOO_MANY_CONNECTIONS;
            case 1045: // ER_ACCESS_DENIED_ERROR
            case 1129: // ER_HOST_IS_BLOCKED
            case 1130: // ER_HOST_NOT_PRIVILEGED
            case 1698: // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
            case 1820: // ER_MUST_CHANGE_PASSWORD
            case 1862: // ER_MUST_CHANGE_PASSWORD_LOGIN
            case 3032: // ER_SERVER_OFFLINE_MODE
            case 3118: // ER_ACCOUNT_HAS_BEEN_LOCKED
            case 4151: // ER_ACCOUNT_HAS_BEEN_LOCKED of MariaDB
                return Kind.ACCESS_DENIED;
            case 1053: // ER_SERVER_SHUTDOWN
            case 1927: // ER_CONNECTION_KILLED of MariaDB, as at its shutdown
                return Kind.SHUTTING_DOWN;
            default:
                break;
        }
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return Kind.TIMEOUT;
            }
            if (cause instanceof ConnectException refused) {
                String message = String.valueOf(refused.getMessage());
                return message.contains("refused") ? Kind.REFUSED : Kind.OTHER;
            }
        }
        return Kind.OTHER;
    }

    /** The innermost cause on one line: the driver wraps the useful words in paragraphs. */
    static String text(SQLException failed) {
        Throwable cause = failed;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message =
                String.valueOf(cause.getMessage()).replaceAll("\\s+", " ").replace('"', '\'');
        String text = failed.getErrorCode() > 0 ? "error " + failed.getErrorCode() + ": " + message : message;
        return text.length() <= 200 ? text : text.substring(0, 200);
    }
}
