// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

/** What to expect of a statement besides its class. The text predicts; the server's answer decides. */
public enum Trait {
    /** Nothing but blanks, comments and semicolons. */
    EMPTY,
    /** BEGIN, START TRANSACTION, COMMIT AND CHAIN. */
    BEGINS_TRANSACTION,
    /** START TRANSACTION with READ ONLY; {@link #BEGINS_TRANSACTION} is set too. */
    BEGINS_READ_ONLY_TRANSACTION,
    /** START TRANSACTION with READ WRITE, whatever the session's transactions are by default. */
    BEGINS_READ_WRITE_TRANSACTION,
    /** COMMIT and ROLLBACK, not ROLLBACK TO. */
    ENDS_TRANSACTION,
    /** Changes autocommit, perhaps among other assignments. */
    SETS_AUTOCOMMIT,
    /** SET TRANSACTION and SET @@transaction_isolation: for the next transaction only, so never replayed later. */
    NEXT_TRANSACTION_ONLY,
    /** Reads LAST_INSERT_ID() or a synonym: needs the connection that inserted, or its known answer. */
    USES_LAST_INSERT_ID,
    /** Gives LAST_INSERT_ID() a value of its own, of which no OK packet tells; pins. */
    SETS_LAST_INSERT_ID,
    /** ROW_COUNT(), FOUND_ROWS(), SHOW WARNINGS, @@warning_count, GET DIAGNOSTICS and their like. */
    USES_DIAGNOSTICS,
    /** FOUND_ROWS(); {@link #USES_DIAGNOSTICS} is set too. */
    USES_FOUND_ROWS,
    /** SQL_CALC_FOUND_ROWS: a FOUND_ROWS() that follows needs the same connection. */
    CALC_FOUND_ROWS,
    /** CONNECTION_ID(): the client knows the proxy's id, which {@link ConnectionIdText} puts in its place. */
    USES_CONNECTION_ID,
    /** SHOW PROCESSLIST and its tables. */
    SHOWS_PROCESSES,
    /** Reads user variables: needs the connection where they were set. */
    READS_USER_VARIABLES,
    /** Calls a function that is not known to be built in: it may write, and set state that no tracker tells. */
    CALLS_UNKNOWN_FUNCTION,
    /** CREATE, ALTER or DROP FUNCTION: what is known of stored functions holds no more. */
    DEFINES_FUNCTION,
    /** CREATE, ALTER, DROP and RENAME: what is known of tables, views, triggers and foreign keys holds no more. */
    DEFINES_TABLE,
    /** More than one statement in one text; the response has as many results. */
    MULTI_STATEMENT,
    /** Assigns literals to user variables, which are then state that can be set again. */
    SETS_USER_LITERALS,
    /** SET NAMES and SET CHARACTER SET: no tracker tells what becomes of collation_connection. */
    SETS_CHARSET,
    /** Sets character_set_connection or its like: no tracker tells what becomes of the collation that belongs to it. */
    SETS_ONE_CHARSET,
    /** SET ROLE, which no tracker tells; its text can be sent again. */
    SETS_ROLE,
    /** Sets wait_timeout and its like, which on connections to servers are the proxy's. */
    SETS_TIMEOUTS,
    /** Reads variables that are the proxy's on connections to servers, perhaps with all others. */
    READS_OWNED_VARIABLES,
    /** Sets session system variables; their resulting values come with the session trackers. */
    SETS_VARIABLES,
    /** GRANT, REVOKE, SET GLOBAL, FLUSH PRIVILEGES: servers give the result to connections that begin afterwards. */
    CHANGES_NEW_CONNECTIONS,
    /** SET @@name without a scope: MariaDB's tracker does not tell of it. */
    SETS_WITHOUT_SCOPE,
    /**
     * Sets variables that share their place with others, such as flags and the two halves of a charset: MariaDB 11's
     * tracker tells them all by the name of the one that the connection has set first.
     */
    SETS_SHARED_VARIABLES,
    /** Sets session_track_..., by which the proxy itself learns what a server did. */
    SETS_TRACKERS,
    /**
     * Sets system variables for the time of this statement (SET STATEMENT, SET_VAR, NOWAIT); MariaDB's tracker tells
     * them as if they stayed, so ignore the values in this answer.
     */
    TRANSIENT_VARIABLES,
    /** USE. */
    CHANGES_SCHEMA,
    /** LOAD DATA LOCAL: the server will ask the client for a file. */
    LOCAL_INFILE,
    /** CALL, EXECUTE, several statements: an ERR packet leaves the transaction's state unknown. */
    HIDES_STATUS,
    /** The text could not be read to its end with certainty. */
    UNLEXABLE,
    /** UNLOCK TABLES. */
    UNPIN_LOCK_TABLES,
    /** RELEASE_ALL_LOCKS(). */
    UNPIN_NAMED_LOCKS,
    /** RELEASE_LOCK(): one lock is given back; others may be held. */
    UNPIN_NAMED_LOCK,
    /** DROP TABLE, which drops a temporary table rather than another one of that name. */
    UNPIN_TEMPORARY_TABLE,
    /** DEALLOCATE PREPARE and DROP PREPARE. */
    UNPIN_PREPARED_TEXT,
    /** HANDLER CLOSE: one handler is closed; others may be open. */
    UNPIN_HANDLER,
    /** XA COMMIT and XA ROLLBACK. */
    UNPIN_XA,
    /** KILL in any form: a connection id in it may be the proxy's. */
    IS_KILL,
    /** EXPLAIN ROUTE, which the proxy answers; the statement that it is about is not judged. */
    IS_EXPLAIN_ROUTE,
    /** SELECT sluice_token(), which the proxy answers. */
    ASKS_TOKEN,
    /** COMMIT RELEASE and ROLLBACK RELEASE: the server closes the connection afterwards. */
    ENDS_CONNECTION,
    /** Would change who is the source, or destroy history, behind the monitor's back. */
    FENCING;

    /** This trait's place in {@link Statement}'s set. */
    @SuppressWarnings("EnumOrdinal") // Never stored: the set lives as long as the process.
    long bit() {
        return 1L << ordinal();
    }
}
