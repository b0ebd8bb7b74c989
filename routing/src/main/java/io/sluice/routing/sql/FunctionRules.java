// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the call of a function means for the statement that calls it. */
final class FunctionRules {
    /** Reads whose answer belongs to one server. */
    private static final Set<String> OF_ONE_SERVER = Set.of(
            "BINLOG_GTID_POS",
            "GTID_SUBSET",
            "GTID_SUBTRACT",
            "IS_FREE_LOCK",
            "IS_USED_LOCK",
            "LOAD_FILE",
            "MASTER_GTID_WAIT",
            "MASTER_POS_WAIT",
            "PS_CURRENT_THREAD_ID",
            "PS_THREAD_ID",
            "SOURCE_POS_WAIT",
            "WAIT_FOR_EXECUTED_GTID_SET",
            "WAIT_UNTIL_SQL_THREAD_AFTER_GTIDS",
            "WSREP_LAST_SEEN_GTID",
            "WSREP_LAST_WRITTEN_GTID",
            "WSREP_SYNC_WAIT_UPTO_GTID");

    private static final Set<String> TAKES_LOCK = Set.of(
            "GET_LOCK",
            "SERVICE_GET_READ_LOCKS",
            "SERVICE_GET_WRITE_LOCKS",
            "VERSION_TOKENS_LOCK_EXCLUSIVE",
            "VERSION_TOKENS_LOCK_SHARED");

    private static final Set<String> GIVES_LOCK_BACK =
            Set.of("RELEASE_LOCK", "SERVICE_RELEASE_LOCKS", "VERSION_TOKENS_UNLOCK");

    /** Loadable functions that administer the server they run on; some of them change who is the source. */
    private static final Map<String, Boolean> ADMINISTRATIVE_PREFIXES = Map.ofEntries(
            Map.entry("ASYNCHRONOUS_CONNECTION_FAILOVER_", true),
            Map.entry("GROUP_REPLICATION_", true),
            Map.entry("AUDIT_", false),
            Map.entry("FIREWALL_", false),
            Map.entry("GEN_DICTIONARY", false),
            Map.entry("INNODB_REDO_LOG_", false),
            Map.entry("KEYRING_", false),
            Map.entry("MASKING_DICTIONARY_", false),
            Map.entry("MYSQLX_", false),
            Map.entry("MYSQL_FIREWALL_", false),
            Map.entry("MYSQL_QUERY_ATTRIBUTE", false),
            Map.entry("READ_FIREWALL_", false),
            Map.entry("SET_FIREWALL_", false),
            Map.entry("VERSION_TOKENS_DELETE", false),
            Map.entry("VERSION_TOKENS_EDIT", false),
            Map.entry("VERSION_TOKENS_SET", false));

    /**
     * Words that a parenthesis may follow without a call, in every version. They are keywords, and a keyword names no
     * stored function. Words that became keywords later, such as LATERAL, are not here.
     */
    private static final Set<String> NOT_CALLABLE = Set.copyOf(List.of(
            ("ADD AGAINST ALL AND ANY AS ASC BETWEEN BIGINT BINARY BLOB BOTH BY CASE CHARACTER COLLATE COLUMN COLUMNS"
                            + " CROSS DATETIME DEC DECIMAL DESC DISTINCT DISTINCTROW DIV DOUBLE DUPLICATE ELSE END"
                            + " ESCAPE EXISTS FIXED FLOAT FOR FOREIGN FROM FULLTEXT GROUP HAVING HIGH_PRIORITY IN INDEX INNER INT"
                            + " INTEGER INTO IS JOIN KEY KEYS LIKE LIMIT LINES NATURAL NCHAR NOT NUMERIC NVARCHAR ON"
                            + " OR ORDER OUTER PARTITION PRIMARY REAL REFERENCES REGEXP RETURN RLIKE ROLLUP SELECT SET"
                            + " SMALLINT SOME SOUNDS SPATIAL SQL_BIG_RESULT SQL_CALC_FOUND_ROWS SQL_NO_CACHE SQL_SMALL_RESULT STRAIGHT_JOIN SUBPARTITION TABLE TEXT THEN TINYINT UNION"
                            + " UNIQUE UPDATE USE USING VALUE VARBINARY VARCHAR VARCHARACTER VARYING WHEN WHERE WITH"
                            + " XOR")
                    .split(" ")));

    private FunctionRules() {}

    static boolean isCallable(String upperCaseWord) {
        return !NOT_CALLABLE.contains(upperCaseWord);
    }

    /**
     * Judges the call of a function.
     *
     * @param builtin whether the server has it itself
     * @param withArguments whether anything stands between the parentheses
     */
    static void judge(String name, boolean builtin, boolean withArguments, Findings findings) {
        if (OF_ONE_SERVER.contains(name)) {
            findings.raise(StatementClass.RP, name);
        } else if (TAKES_LOCK.contains(name)) {
            findings.raise(StatementClass.P, "named lock").pin(Pin.NAMED_LOCK);
        } else if (GIVES_LOCK_BACK.contains(name)) {
            findings.raise(StatementClass.P, "named lock").add(Trait.UNPIN_NAMED_LOCK);
        } else if (!judgeAlone(name, withArguments, findings) && !builtin) {
            unknown(name, findings);
        }
    }

    private static boolean judgeAlone(String name, boolean withArguments, Findings findings) {
        switch (name) {
            case "LAST_INSERT_ID" -> {
                if (withArguments) { // In a write its OK packet tells the value; in a read nothing does.
                    if (!findings.statementClass().isAtLeast(StatementClass.W)) {
                        findings.raise(StatementClass.P, "LAST_INSERT_ID is set")
                                .add(Trait.SETS_LAST_INSERT_ID)
                                .pin(Pin.UNTRACKED_STATE);
                    }
                } else {
                    findings.raise(StatementClass.RP, name).add(Trait.USES_LAST_INSERT_ID);
                }
            }
            case "LASTVAL" -> findings.raise(StatementClass.RP, name).add(Trait.USES_LAST_INSERT_ID);
            case "FOUND_ROWS", "ROW_COUNT" -> {
                findings.raise(StatementClass.L, name).add(Trait.USES_DIAGNOSTICS);
                if (name.equals("FOUND_ROWS")) {
                    findings.add(Trait.USES_FOUND_ROWS);
                }
            }
            case "CONNECTION_ID" -> findings.raise(StatementClass.X, name).add(Trait.USES_CONNECTION_ID);
            case "RELEASE_ALL_LOCKS" ->
                findings.raise(StatementClass.P, "named lock").add(Trait.UNPIN_NAMED_LOCKS);
            case "NEXTVAL", "SETVAL" -> findings.raise(StatementClass.W, "sequence");
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Whether a loadable function of that name, if there is one, administers its server. */
    static boolean isAdministrative(String name) {
        return ADMINISTRATIVE_PREFIXES.keySet().stream().anyMatch(name::startsWith);
    }

    private static void unknown(String name, Findings findings) {
        for (Map.Entry<String, Boolean> prefix : ADMINISTRATIVE_PREFIXES.entrySet()) {
            if (name.startsWith(prefix.getKey())) {
                findings.raise(StatementClass.A, "administrative function " + name);
                if (prefix.getValue()) {
                    findings.add(Trait.FENCING);
                }
                return;
            }
        }
        stored(name, findings);
    }

    /** It may write, so that it must not be sent twice either: a write until a catalogue knows better. */
    static void stored(String name, Findings findings) {
        if (!findings.statementClass().isAtLeast(StatementClass.W)) {
            findings.raise(StatementClass.W, "unknown function " + name).add(Trait.CALLS_UNKNOWN_FUNCTION);
        }
    }
}
