// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.util.Set;

/** What is known of system variables by name, for reading and for setting. Names are in upper case. */
final class SystemVariables {
    /** Of the session, told by trackers and set alike on every connection: any server may be asked. */
    private static final Set<String> SAME_EVERYWHERE = words("AUTOCOMMIT BIG_TABLES CHARACTER_SET_CLIENT"
            + " CHARACTER_SET_CONNECTION CHARACTER_SET_DATABASE CHARACTER_SET_RESULTS CHARACTER_SET_SERVER"
            + " COLLATION_CONNECTION COLLATION_DATABASE COLLATION_SERVER COMPLETION_TYPE CTE_MAX_RECURSION_DEPTH"
            + " DEFAULT_STORAGE_ENGINE DEFAULT_TMP_STORAGE_ENGINE DEFAULT_WEEK_FORMAT DIV_PRECISION_INCREMENT"
            + " EXPLICIT_DEFAULTS_FOR_TIMESTAMP FOREIGN_KEY_CHECKS GROUP_CONCAT_MAX_LEN LC_MESSAGES LC_TIME_NAMES"
            + " LICENSE LOWER_CASE_FILE_SYSTEM LOWER_CASE_TABLE_NAMES MAX_EXECUTION_TIME MAX_JOIN_SIZE"
            + " MAX_SORT_LENGTH MAX_STATEMENT_TIME OLD_MODE OPTIMIZER_SWITCH SQL_AUTO_IS_NULL SQL_BIG_SELECTS"
            + " SQL_MODE SQL_NOTES SQL_QUOTE_SHOW_CREATE SQL_SAFE_UPDATES SQL_SELECT_LIMIT SQL_WARNINGS"
            + " STORAGE_ENGINE TIME_ZONE TRANSACTION_ISOLATION TRANSACTION_READ_ONLY TX_ISOLATION TX_READ_ONLY"
            + " UNIQUE_CHECKS VERSION VERSION_COMMENT WINDOWING_USE_HIGH_PRECISION");

    /** They time the server's peer, which is the proxy. */
    private static final Set<String> TIMEOUTS =
            words("INTERACTIVE_TIMEOUT NET_READ_TIMEOUT NET_WRITE_TIMEOUT WAIT_TIMEOUT");

    private static final Set<String> DIAGNOSTICS = words("ERROR_COUNT WARNING_COUNT");

    private static final Set<String> LAST_INSERT_ID = words("IDENTITY INSERT_ID LAST_INSERT_ID");

    /** They change what the binary log says of the writes to come. */
    private static final Set<String> BINLOG = words("BINLOG_DIRECT_NON_TRANSACTIONAL_UPDATES BINLOG_FORMAT"
            + " DEBUG_SYNC GTID_DOMAIN_ID GTID_NEXT GTID_NEXT_LIST GTID_SEQ_NO IMMEDIATE_SERVER_VERSION"
            + " ORIGINAL_COMMIT_TIMESTAMP ORIGINAL_SERVER_VERSION PSEUDO_REPLICA_MODE PSEUDO_SLAVE_MODE"
            + " PSEUDO_THREAD_ID SERVER_ID SKIP_REPLICATION SQL_LOG_BIN WSREP_ON");

    /** Values of one moment: replaying them later, or elsewhere, is wrong. */
    private static final Set<String> OF_THE_MOMENT =
            words("IDENTITY INSERT_ID LAST_INSERT_ID RAND_SEED1 RAND_SEED2 TIMESTAMP");

    /** The next transaction's, if set with {@code @@} and without a scope. */
    private static final Set<String> TRANSACTION =
            words("TRANSACTION_ISOLATION TRANSACTION_READ_ONLY TX_ISOLATION TX_READ_ONLY");

    /** Each has a collation beside it. */
    private static final Set<String> CHARSETS =
            words("CHARACTER_SET_CONNECTION CHARACTER_SET_DATABASE CHARACTER_SET_SERVER");

    /** MariaDB 11 keeps each of these at one place with others, and its tracker takes what is at one place for one. */
    private static final Set<String> SHARED = words("CHARACTER_SET_CONNECTION CHARACTER_SET_DATABASE"
            + " CHARACTER_SET_SERVER CHECK_CONSTRAINT_CHECKS COLLATION_CONNECTION COLLATION_DATABASE"
            + " COLLATION_SERVER EXPLICIT_DEFAULTS_FOR_TIMESTAMP FOREIGN_KEY_CHECKS LOG_QUERIES_NOT_USING_INDEXES"
            + " LOG_SLOW_ADMIN_STATEMENTS LOG_SLOW_DISABLED_STATEMENTS LOG_SLOW_FILTER LOG_SLOW_SLAVE_STATEMENTS"
            + " PROFILING SQL_AUTO_IS_NULL SQL_BIG_SELECTS SQL_BUFFER_RESULT SQL_IF_EXISTS SQL_LOG_OFF SQL_NOTES"
            + " SQL_QUOTE_SHOW_CREATE SQL_SAFE_UPDATES SQL_WARNINGS SYSTEM_VERSIONING_INSERT_HISTORY UNIQUE_CHECKS");

    private static final Set<String> SERVER_WIDE =
            words("DEBUG DEBUG_DBUG SQL_SLAVE_SKIP_COUNTER SQL_REPLICA_SKIP_COUNTER");

    /** Global variables that change who takes writes, or what the server believes to have executed. */
    private static final Set<String> FENCING =
            words("GTID_BINLOG_STATE GTID_MODE GTID_PURGED GTID_SLAVE_POS" + " OFFLINE_MODE READ_ONLY SUPER_READ_ONLY");

    private SystemVariables() {}

    private static Set<String> words(String list) {
        return Set.of(list.split(" "));
    }

    /** Judges {@code @@name} read; the scope is empty when there is none. */
    static void read(String scope, String name, Findings findings) {
        if (DIAGNOSTICS.contains(name)) {
            findings.raise(StatementClass.L, "@@" + name).add(Trait.USES_DIAGNOSTICS);
        } else if (LAST_INSERT_ID.contains(name) || name.equals("LAST_GTID")) {
            findings.raise(StatementClass.RP, "@@" + name).add(Trait.USES_LAST_INSERT_ID);
        } else if (!scope.isEmpty() && !scope.equals("SESSION") && !scope.equals("LOCAL")) {
            findings.raise(StatementClass.RP, "global variable " + name);
        } else if (name.startsWith("SESSION_TRACK_") || TIMEOUTS.contains(name)) {
            findings.add(Trait.READS_OWNED_VARIABLES);
        } else if (!SAME_EVERYWHERE.contains(name)) {
            findings.raise(StatementClass.RP, "variable " + name);
        }
    }

    /**
     * Judges an assignment to a system variable.
     *
     * @param scope in upper case; empty when there is none
     * @param atSigns written with {@code @@}
     * @param off the value is surely 0, OFF or FALSE
     */
    static void set(String scope, boolean atSigns, String name, boolean off, Findings findings) {
        if (atSigns && scope.isEmpty()) {
            findings.add(Trait.SETS_WITHOUT_SCOPE);
        }
        if (CHARSETS.contains(name)) {
            findings.add(Trait.SETS_ONE_CHARSET);
        }
        if (SHARED.contains(name)) {
            findings.add(Trait.SETS_SHARED_VARIABLES);
        }
        if (scope.equals("GLOBAL") || scope.startsWith("PERSIST") || SERVER_WIDE.contains(name)) {
            findings.raise(StatementClass.A, "server-wide variable " + name);
            findings.add(FENCING.contains(name) ? Trait.FENCING : Trait.CHANGES_NEW_CONNECTIONS);
        } else if (name.startsWith("SESSION_TRACK_")) {
            findings.raise(StatementClass.S, "variable " + name).add(Trait.SETS_TRACKERS);
        } else if (TIMEOUTS.contains(name)) {
            findings.raise(StatementClass.S, "variable " + name)
                    .add(Trait.SETS_VARIABLES)
                    .add(Trait.SETS_TIMEOUTS);
        } else if (BINLOG.contains(name)) {
            findings.raise(StatementClass.P, "variable " + name).pin(Pin.BINLOG_SETTING);
        } else if (OF_THE_MOMENT.contains(name)) {
            findings.raise(StatementClass.P, "variable " + name).pin(Pin.UNTRACKED_STATE);
            if (LAST_INSERT_ID.contains(name) && !name.equals("INSERT_ID")) {
                findings.add(Trait.SETS_LAST_INSERT_ID);
            }
        } else if (name.equals("AUTOCOMMIT")) {
            findings.raise(StatementClass.T, "autocommit").add(Trait.SETS_AUTOCOMMIT);
            findings.add(Trait.SETS_VARIABLES);
        } else if (TRANSACTION.contains(name) && atSigns && scope.isEmpty()) {
            findings.raise(StatementClass.T, "next transaction").add(Trait.NEXT_TRANSACTION_ONLY);
        } else {
            findings.raise(StatementClass.S, "variable " + name).add(Trait.SETS_VARIABLES);
            if (name.equals("SQL_AUTO_IS_NULL") && !off) { // "id IS NULL" then asks for the last insert id.
                findings.pin(Pin.UNTRACKED_STATE);
            }
        }
    }
}
