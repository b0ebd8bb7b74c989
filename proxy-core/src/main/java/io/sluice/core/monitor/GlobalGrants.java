// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an account may do on all schemas, by its own SHOW GRANTS. */
public final class GlobalGrants {
    private static final Pattern GLOBAL_GRANT = Pattern.compile("GRANT (.*) ON \\*\\.\\* TO .*");

    private GlobalGrants() {}

    /** Those that the account lacks, on all schemas. Where some are revoked on one of them, that may be any. */
    public static Set<String> missing(Statement statement, Collection<String> needed) throws SQLException {
        Set<String> missing = new TreeSet<>(needed);
        boolean revoked = false;
        try (ResultSet rows = statement.executeQuery("SHOW GRANTS")) {
            while (rows.next()) {
                String grant = rows.getString(1);
                Matcher global = GLOBAL_GRANT.matcher(grant);
                revoked |= grant.startsWith("REVOKE ");
                if (global.matches()) {
                    List<String> granted = List.of(global.group(1).split(", "));
                    missing.removeIf(granted.contains("ALL PRIVILEGES") ? any -> true : granted::contains);
                }
            }
        }
        return revoked ? new TreeSet<>(needed) : missing;
    }
}
