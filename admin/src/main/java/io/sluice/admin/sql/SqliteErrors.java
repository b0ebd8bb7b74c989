// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite complains of, in words that say what would work. */
final class SqliteErrors {
    /** The driver's "[CODE] what the code means (what is wrong)". */
    private static final Pattern INNER = Pattern.compile("(?s)\\[\\w+]\\s+[^(]*\\((.*)\\)\\s*");

    private static final String NO_TABLE = "no such table: ";

    private SqliteErrors() {}

    /** @param tables the names of those that there are */
    static SqlRefused of(SQLException failure, Duration timeLimit, Collection<String> tables) {
        SQLiteErrorCode code =
                failure instanceof SQLiteException sqlite ? sqlite.getResultCode() : SQLiteErrorCode.UNKNOWN_ERROR;
        String what = inner(String.valueOf(failure.getMessage()));
        return switch (code) {
            case SQLITE_INTERRUPT ->
                SqlRefused.interrupted("the statement was ended, it ran longer than " + timeLimit.toMillis()
                        + " ms; select from fewer tables, or with a condition");
            case SQLITE_NOMEM ->
                SqlRefused.interrupted("the statement was ended, it needs too much memory; select less at once");
            case SQLITE_TOOBIG -> SqlRefused.of(what + "; no value may be longer than 4 MiB, no statement than 1 MiB");
            case SQLITE_READONLY ->
                SqlRefused.notAllowed("a statement that begins so can only read; begin a change with INSERT, REPLACE,"
                        + " UPDATE or DELETE");
            default -> SqlRefused.of(what + remedy(what, tables));
        };
    }

    private static String inner(String message) {
        Matcher matcher = INNER.matcher(message);
        return matcher.matches() ? matcher.group(1) : message;
    }

    private static String remedy(String what, Collection<String> tables) {
        if (what.startsWith(NO_TABLE)) {
            return MissingTables.remedy(what.substring(NO_TABLE.length()), tables);
        }
        if (what.contains("no such column") || what.contains("has no column named")) {
            return "; SHOW CREATE TABLE shows the columns";
        }
        if (what.contains("no such function") || what.contains("syntax error") || what.contains("unrecognized token")) {
            return "; the admin port speaks the SQL of SQLite, and HELP lists what else it understands";
        }
        if (what.startsWith("CHECK constraint failed")) {
            return "; SHOW CREATE TABLE shows what values a column takes";
        }
        if (what.startsWith("UNIQUE constraint failed")) {
            return "; there is such a row, use REPLACE or UPDATE to change it";
        }
        return "";
    }
}
