// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Kind;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Set;

/** Tells one failure of the driver from another: a dead server, a hanging one, a full one, a wrong account. */
public final class ProbeFailure {

    // ER_CON_COUNT_ERROR, ER_TOO_MANY_USER_CONNECTIONS, ER_USER_LIMIT_REACHED
    private static final Set<Integer> FULL = Set.of(1040, 1203, 1226);

    // ER_ACCESS_DENIED_ERROR, ER_HOST_IS_BLOCKED, ER_HOST_NOT_PRIVILEGED, ER_ACCESS_DENIED_NO_PASSWORD_ERROR,
    // ER_MUST_CHANGE_PASSWORD, ER_MUST_CHANGE_PASSWORD_LOGIN, ER_SERVER_OFFLINE_MODE, ER_ACCOUNT_HAS_BEEN_LOCKED of
    // MySQL and of MariaDB
    private static final Set<Integer> DENIED = Set.of(1045, 1129, 1130, 1698, 1820, 1862, 3032, 3118, 4151);

    // ER_SERVER_SHUTDOWN, ER_CONNECTION_KILLED of MariaDB, as at its shutdown
    private static final Set<Integer> GOING = Set.of(1053, 1927);

    private ProbeFailure() {}

    /** @param opening whether the connection was being opened, so that no answer means no greeting or no login */
    static Kind kindOf(SQLException failed, boolean opening) {
        int code = failed.getErrorCode();
        if (FULL.contains(code)) {
            return Kind.TOO_MANY_CONNECTIONS;
        }
        if (DENIED.contains(code)) {
            return Kind.ACCESS_DENIED;
        }
        if (GOING.contains(code)) {
            return Kind.SHUTTING_DOWN;
        }
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException silence) {
                boolean connecting = String.valueOf(silence.getMessage()).startsWith("Connect");
                return connecting ? Kind.UNREACHABLE : opening ? Kind.HUNG : Kind.TIMEOUT;
            }
            if (cause instanceof NoRouteToHostException) {
                return Kind.UNREACHABLE;
            }
            if (cause instanceof ConnectException refused) {
                String message = String.valueOf(refused.getMessage());
                return message.contains("refused") ? Kind.REFUSED : Kind.OTHER;
            }
        }
        return Kind.OTHER;
    }

    /** Whether there is no connection, or no more, rather than an answer: SQLSTATE class 08, connection exception. */
    public static boolean isConnectionLoss(SQLException failed) {
        return failed.getSQLState() != null && failed.getSQLState().startsWith("08");
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
