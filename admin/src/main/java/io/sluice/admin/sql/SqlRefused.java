// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.protocol.SqlError;
import java.util.List;

/** A statement cannot be served; the error says why, and what would work. */
public final class SqlRefused extends Exception {
    private static final long serialVersionUID = 1L;

    /** What ProxySQL's admin port says to whatever it does not like, so that tools which look for it find it. */
    private static final int ER_ACCESS_DENIED_ERROR = 1045;

    private static final int PROBLEMS_NAMED = 100;

    private static final int ER_BAD_DB_ERROR = 1049;
    private static final int ER_UNKNOWN_SYSTEM_VARIABLE = 1193;
    private static final int ER_QUERY_INTERRUPTED = 1317;
    private static final int ER_OPTION_PREVENTS_STATEMENT = 1290;
    private static final int ER_CON_COUNT_ERROR = 1040;

    private final transient SqlError error;

    private SqlRefused(int code, String sqlState, String message) {
        super(message, null, false, false);
        this.error = new SqlError(code, sqlState, "Sluice: " + message);
    }

    /** SQLite, or the meaning of a statement, has something against it. */
    static SqlRefused of(String message) {
        return new SqlRefused(ER_ACCESS_DENIED_ERROR, "28000", message);
    }

    /** A LOAD finds these things wrong; of very many, the first ones are named. */
    static SqlRefused notLoaded(List<String> problems) {
        return named("nothing was loaded: ", problems);
    }

    /** A SAVE finds these, with which Sluice could not start. */
    static SqlRefused notSaved(List<String> problems) {
        return named("nothing was saved, since Sluice could not start with it: ", problems);
    }

    private static SqlRefused named(String what, List<String> problems) {
        int more = problems.size() - PROBLEMS_NAMED;
        return of(what
                + String.join("; ", problems.subList(0, Math.min(PROBLEMS_NAMED, problems.size())))
                + (more > 0 ? "; and " + more + " more" : ""));
    }

    static SqlRefused unknownSchema(String name) {
        return new SqlRefused(
                ER_BAD_DB_ERROR,
                "42000",
                "there is no schema '" + name + "', only " + String.join(", ", Schema.names()));
    }

    static SqlRefused unknownVariable(String message) {
        return new SqlRefused(ER_UNKNOWN_SYSTEM_VARIABLE, "HY000", message);
    }

    static SqlRefused notAllowed(String message) {
        return new SqlRefused(ER_OPTION_PREVENTS_STATEMENT, "HY000", message);
    }

    static SqlRefused interrupted(String message) {
        return new SqlRefused(ER_QUERY_INTERRUPTED, "70100", message);
    }

    static SqlRefused tooMany(String message) {
        return new SqlRefused(ER_CON_COUNT_ERROR, "08004", message);
    }

    public SqlError error() {
        return error;
    }
}
