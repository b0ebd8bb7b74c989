// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.config.LimitSettings;
import io.sluice.protocol.SqlError;
import io.sluice.routing.Refusal;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every ERR packet that Sluice itself gives to a client; the README's table of errors has a row for each. Where MySQL
 * has an error for the case, its code is used; codes from 9501 on are Sluice's own.
 */
public final class Errors {
    public static final int OUTCOME_UNKNOWN = 9501;
    public static final int TRANSACTION_LOST = 9502;
    public static final int NO_SOURCE = 9503;
    public static final int NO_CONNECTION = 9504;
    public static final int RESULT_CUT = 9505;
    public static final int STATE_LOST = 9506;
    public static final int STATE_NOT_RESTORED = 9507;
    public static final int DIAGNOSTICS_LOST = 9508;
    public static final int NOT_SUPPORTED = 9509;
    public static final int REFUSED_BY_POLICY = 9510;
    public static final int BACKEND_REFUSES = 9511;
    public static final int TIED_TO_REPLICA = 9512;
    public static final int LIMIT_REACHED = 9513;
    public static final int NO_TOKEN = 9514;
    public static final int RESULT_LOST = 9515;
    public static final int INTERNAL = 9599;

    private static final int ER_HANDSHAKE_ERROR = 1043;
    private static final int ER_CON_COUNT_ERROR = 1040;
    private static final int ER_ACCESS_DENIED_ERROR = 1045;
    private static final int ER_UNKNOWN_COM_ERROR = 1047;
    private static final int ER_SERVER_SHUTDOWN = 1053;
    private static final int ER_NOT_ALLOWED_COMMAND = 1148;
    private static final int ER_NET_PACKET_TOO_LARGE = 1153;
    private static final int ER_NET_PACKETS_OUT_OF_ORDER = 1156;
    private static final int ER_NET_UNCOMPRESS_ERROR = 1157;
    private static final int ER_MALFORMED_PACKET = 1835;
    private static final int ER_TOO_MANY_USER_CONNECTIONS = 1203;
    private static final int ER_UNKNOWN_STMT_HANDLER = 1243;
    private static final int ER_MAX_PREPARED_STMT_COUNT_REACHED = 1461;
    private static final int ER_STMT_HAS_NO_OPEN_CURSOR = 1421;
    private static final int ER_NO_SUCH_THREAD = 1094;
    private static final int ER_KILL_DENIED_ERROR = 1095;
    private static final int ER_QUERY_INTERRUPTED = 1317;
    private static final int ER_CONNECTION_KILLED = 1927;
    private static final int ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION = 1792;
    private static final int ER_QUERY_TIMEOUT = 3024;
    private static final int ER_CLIENT_INTERACTION_TIMEOUT = 4031;

    private static final Set<String> WRITING = Set.of("INSERT", "REPLACE", "UPDATE", "DELETE", "LOAD");

    private Errors() {}

    public static SqlError outcomeUnknown(BackendAddress backend, String cause) {
        return error(
                OUTCOME_UNKNOWN,
                "08007",
                "the connection to " + backend + " was lost while it executed the statement (" + cause
                        + "); whether it took effect is unknown, so it was not sent again");
    }

    /** The same where it was to be found out, or might have been. */
    static SqlError outcomeUnknown(BackendAddress backend, String cause, String obstacle) {
        return error(
                OUTCOME_UNKNOWN,
                "08007",
                "the connection to " + backend + " was lost while it executed the statement (" + cause
                        + "); whether it took effect is unknown (no proof: " + obstacle
                        + "), so it was not sent again");
    }

    /** Proven to have been executed; what it answered is gone. */
    public static SqlError resultLost(BackendAddress backend, String cause) {
        return error(
                RESULT_LOST,
                "08007",
                "the statement was executed and is on the source of now, but its result was lost with the connection to "
                        + backend + " (" + cause + "); do not repeat it");
    }

    public static SqlError transactionLost(BackendAddress backend, String cause) {
        return error(
                TRANSACTION_LOST,
                "40000",
                "the transaction was rolled back, since the connection to " + backend + " was lost (" + cause
                        + "); start it again");
    }

    public static SqlError noSource(Duration waited, String topology) {
        return error(
                NO_SOURCE,
                "HY000",
                "no server took writes within " + waited.toMillis() + " ms (failover.hold, or users[].hold)"
                        + (topology.isEmpty() ? "" : ": " + topology));
    }

    public static SqlError tooManyHeld(int limit) {
        return error(
                NO_SOURCE,
                "HY000",
                "no server takes writes and already " + limit + " sessions wait for one (failover.max_held)");
    }

    public static SqlError noConnection(BackendAddress backend, int limit, Duration waited) {
        return error(
                NO_CONNECTION,
                "HY000",
                "no connection to " + backend + " became free within " + waited.toMillis()
                        + " ms (pool.acquire_timeout): those of at most " + limit
                        + " (max_connections) are in use, or the server is slow to accept another");
    }

    public static SqlError tooManyWaiting(String cause) {
        return error(NO_CONNECTION, "HY000", cause + " (pool.max_waiters)");
    }

    public static SqlError resultCut(BackendAddress backend, String cause) {
        return error(RESULT_CUT, "HY000", "the connection to " + backend + " was lost amid its result (" + cause + ")");
    }

    public static SqlError stateLost(BackendAddress backend, String pins, String cause) {
        return error(
                STATE_LOST,
                "HY000",
                "the connection to " + backend + " was lost (" + cause + ") and with it this session's " + pins
                        + "; the session goes on without");
    }

    /**
     * What a read-only transaction on a replica cannot do there: as the source would say it where it would, else that
     * it belongs on the source.
     */
    public static SqlError inReadOnlyTransaction(BackendAddress replica, Statement statement, boolean mariadb) {
        boolean written = WRITING.contains(statement.verb()) || statement.statementClass() == StatementClass.WI;
        return written
                ? new SqlError(
                        ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION,
                        "25006",
                        "Cannot execute statement in a READ ONLY transaction" + (mariadb ? "" : "."))
                : error(
                        TIED_TO_REPLICA,
                        "25006",
                        statement.verb() + " must not run on the replica " + replica
                                + ", where this READ ONLY transaction is; begin the transaction without READ ONLY, or"
                                + " keep such transactions on the source (routing.replica_transactions)");
    }

    /** A replica that an account may write to would do it, and be of no use as a replica any more. */
    public static SqlError tiedToReplica(BackendAddress replica, String pins, String verb) {
        return error(
                TIED_TO_REPLICA,
                "25006",
                verb + " must not run on the replica " + replica + ", to which " + pins
                        + " tie this session; end them first, or begin the transaction before them");
    }

    /** A read that cannot be sure to see what it must is not done. */
    static SqlError noToken(String token, String why) {
        return error(
                NO_TOKEN,
                "HY000",
                "'" + (token.length() > 100 ? token.substring(0, 100) + "..." : token)
                        + "' is no token of SELECT sluice_token() (" + why + "); pass it on as it was answered");
    }

    static SqlError tooManySourceReads(LimitSettings limit, boolean full) {
        return error(
                LIMIT_REACHED,
                "HY000",
                "not executed: no replica can serve the read, and the source serves " + limit.concurrency()
                        + " such reads (routing.source_reads); "
                        + (full
                                ? limit.queue() + " wait already (pool.max_waiters)"
                                : "none ended within " + limit.queueTimeout().toMillis()
                                        + " ms (pool.acquire_timeout)"));
    }

    static SqlError limitReached(LimitSettings limit) {
        return error(
                LIMIT_REACHED,
                "HY000",
                "not executed: the limit " + limit + " is reached and already " + limit.queue()
                        + " wait (limits[].queue)");
    }

    static SqlError limitWaited(LimitSettings limit) {
        return error(
                LIMIT_REACHED,
                "HY000",
                "not executed: the limit " + limit + " left no room within "
                        + limit.queueTimeout().toMillis() + " ms (limits[].queue_timeout)");
    }

    public static SqlError stateNotRestored(BackendAddress backend, SqlError cause) {
        return error(
                STATE_NOT_RESTORED,
                cause.sqlState(),
                "cannot bring a connection to " + backend + " into this session's state: error " + cause.code() + ", "
                        + cause.message());
    }

    public static SqlError diagnosticsLost() {
        return error(
                DIAGNOSTICS_LOST,
                "HY000",
                "what the previous statement left behind is gone, since its connection was needed elsewhere; ask right"
                        + " after the statement, or raise max_connections");
    }

    /** COM_CHANGE_USER in a session that was let in to change an expired password. */
    static SqlError expiredChangesNoUser() {
        return notSupported("a session that began with an expired password cannot change its user; connect anew");
    }

    public static SqlError notSupported(String what) {
        return error(NOT_SUPPORTED, "0A000", what);
    }

    public static SqlError refused(Refusal refusal, String verb) {
        return switch (refusal) {
            case FENCING ->
                error(
                        REFUSED_BY_POLICY,
                        "42000",
                        verb + " would change who is the source, or destroy its history, behind Sluice's back;"
                                + " run it on the server itself");
        };
    }

    public static SqlError backendRefuses(BackendAddress backend, String user, SqlError cause) {
        return error(
                BACKEND_REFUSES,
                cause.sqlState(),
                backend + " refuses user '" + user + "': error " + cause.code() + ", " + cause.message());
    }

    /** A connection of its own was needed, aside from the pool's. */
    public static SqlError noAnswer(BackendAddress backend, String cause) {
        return error(NO_CONNECTION, "HY000", "could not ask " + backend + ": " + cause);
    }

    /** What a rule says in place of a server, and by the code that ProxySQL has for it. */
    public static SqlError ofRule(String text) {
        return new SqlError(ER_NOT_ALLOWED_COMMAND, "42000", text);
    }

    /** As MySQL says it of max_execution_time. */
    static SqlError timedOut(int millis, String rules) {
        return error(
                ER_QUERY_TIMEOUT,
                "HY000",
                "query execution was interrupted, maximum statement execution time exceeded: " + millis + " ms ("
                        + rules + ")");
    }

    /** As a server says it to whoever waits for nothing any more. */
    public static SqlError interrupted() {
        return new SqlError(ER_QUERY_INTERRUPTED, "70100", "Query execution was interrupted");
    }

    /** MariaDB's word to a session that kills itself. */
    public static SqlError connectionKilled() {
        return new SqlError(ER_CONNECTION_KILLED, "70100", "Connection was killed");
    }

    public static SqlError noSuchThread(long id) {
        return new SqlError(ER_NO_SUCH_THREAD, "HY000", "Unknown thread id: " + id);
    }

    /** As a server says it of a wrong password. */
    static SqlError accessDenied(String user, String host) {
        return new SqlError(
                ER_ACCESS_DENIED_ERROR,
                "28000",
                "Access denied for user '" + user + "'@'" + host + "' (using password: YES)");
    }

    /** KILL of another user's session, as a server refuses it. */
    static SqlError notOwner(long id) {
        return new SqlError(ER_KILL_DENIED_ERROR, "HY000", "You are not owner of thread " + id);
    }

    /**
     * The server's words about an account that logged in from here, with what the client is called instead.
     *
     * @param host null to leave it as the server has it
     */
    static SqlError naming(String account, String user, @Nullable String host, SqlError error) {
        String text = error.message();
        int start = text.indexOf("'" + account + "'@'");
        int hostAt = start + account.length() + 4;
        int end = start < 0 ? -1 : text.indexOf('\'', hostAt);
        if (end < 0) {
            return error;
        }
        String shown = host == null ? text.substring(hostAt, end) : host;
        String message = text.substring(0, start) + "'" + user + "'@'" + shown + text.substring(end);
        return new SqlError(error.code(), error.sqlState(), message);
    }

    public static SqlError internal() {
        return error(INTERNAL, "HY000", "a fault in Sluice ended this session; its log has the cause");
    }

    /** A command that servers do not know either. */
    public static SqlError unknownCommand() {
        return new SqlError(ER_UNKNOWN_COM_ERROR, "08S01", "Unknown command");
    }

    /** A command that only Sluice does not know. */
    public static SqlError unsupportedCommand(String command) {
        return error(ER_UNKNOWN_COM_ERROR, "08S01", command + " is not supported");
    }

    public static SqlError tooLong(int limit) {
        return error(
                ER_NET_PACKET_TOO_LARGE,
                "08S01",
                "Got a packet bigger than 'max_allowed_packet' bytes: the limit is " + limit
                        + " (mysql.max_command_bytes)");
    }

    public static SqlError outOfOrder(String what) {
        return error(ER_NET_PACKETS_OUT_OF_ORDER, "08S01", what);
    }

    public static SqlError uncompressible(String what) {
        return error(ER_NET_UNCOMPRESS_ERROR, "08S01", "Couldn't uncompress communication packet: " + what);
    }

    /** As the server says it, whatever was wrong: MySQL with a full stop, MariaDB without. */
    public static SqlError malformed(boolean mariadb) {
        return new SqlError(ER_MALFORMED_PACKET, "HY000", "Malformed communication packet" + (mariadb ? "" : "."));
    }

    /** MariaDB names the command, MySQL the check that all of them share. */
    public static SqlError unknownStatement(int id, String command, boolean mariadb) {
        return new SqlError(
                ER_UNKNOWN_STMT_HANDLER,
                "HY000",
                "Unknown prepared statement handler (" + Integer.toUnsignedString(id) + ") given to "
                        + (mariadb ? command : "mysql_stmt_precheck"));
    }

    public static SqlError noOpenCursor(int id) {
        return new SqlError(
                ER_STMT_HAS_NO_OPEN_CURSOR,
                "HY000",
                "The statement (" + Integer.toUnsignedString(id) + ") has no open cursor.");
    }

    /** In the words of the server, whose limit is another one but has the same remedy. */
    public static SqlError tooManyPrepared(int limit) {
        return new SqlError(
                ER_MAX_PREPARED_STMT_COUNT_REACHED,
                "42000",
                "Can't create more than max_prepared_stmt_count statements (current value: " + limit + ")");
    }

    public static SqlError tooManyClients(int limit) {
        return error(ER_CON_COUNT_ERROR, "08004", "Too many connections: " + limit + " (mysql.max_clients)");
    }

    public static SqlError tooManyOfUser(String user, int limit) {
        return error(
                ER_TOO_MANY_USER_CONNECTIONS,
                "42000",
                "User " + user + " already has more than 'max_user_connections' active connections: " + limit);
    }

    static SqlError noProxyHeader() {
        return error(
                ER_HANDSHAKE_ERROR,
                "08S01",
                "bad handshake: clients of this address must begin with a PROXY protocol header"
                        + " (mysql.proxy_protocol_networks)");
    }

    public static SqlError shuttingDown() {
        return error(ER_SERVER_SHUTDOWN, "08S01", "Server shutdown in progress");
    }

    public static SqlError paused() {
        return error(
                ER_SERVER_SHUTDOWN,
                "08S01",
                "no clients are let in, since an operator has paused Sluice; RESUME on its admin port ends that");
    }

    public static SqlError idleTooLong(Duration limit) {
        return error(
                ER_CLIENT_INTERACTION_TIMEOUT,
                "HY000",
                "The client was disconnected because of inactivity: no command for " + limit.toSeconds()
                        + " s (mysql.idle_timeout)");
    }

    private static SqlError error(int code, String sqlState, String message) {
        return new SqlError(code, sqlState, "Sluice: " + message);
    }
}
