// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.admin.AdminReply.Refused;
import io.sluice.admin.AdminReply.Table;
import io.sluice.admin.sql.AdminUser;
import io.sluice.admin.sql.DriverVariables;
import io.sluice.admin.sql.Schema;
import io.sluice.protocol.SqlError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Answers what clients and drivers say by themselves when they connect, so that any of them can be used on the admin
 * port: settings are accepted and forgotten, variables have the values that keep a driver content.
 */
final class DriverStatements {

    private static final int ER_UNKNOWN_SYSTEM_VARIABLE = 1193;

    private static final Pattern SETTING = Pattern.compile(
            "(?i)(SET|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE SAVEPOINT|(UN)?LOCK TABLES?)\\b.*");
    private static final Pattern EMPTY =
            Pattern.compile("(?i)SHOW (WARNINGS|ERRORS|STATUS|ENGINES|PLUGINS|COLLATION|CHARSET"
                    + "|CHARACTER SET|GRANTS|PRIVILEGES|(FULL )?TRIGGERS|EVENTS|(PROCEDURE|FUNCTION) STATUS)\\b.*");
    private static final Pattern SELECT = Pattern.compile("(?i)SELECT (.*?)(?: LIMIT \\d+)?");
    private static final Pattern ITEM =
            Pattern.compile("(?i)(@@(?:(?:session|global|local)\\.)?(\\w+)|\\w+\\(\\)|'[^']*'|\\d+|\\w+)"
                    + "(?: (?:AS )?[`'\"]?(\\w+)[`'\"]?)?");

    private DriverStatements() {}

    /** Null if it is none of these. */
    static @Nullable AdminReply answer(String statement, String version, Schema schema, AdminUser by) {
        if (statement.isEmpty() || SETTING.matcher(statement).matches()) {
            return AdminReply.DONE;
        }
        if (EMPTY.matcher(statement).matches()) {
            return Table.of("Level", "Code", "Message");
        }
        Matcher select = SELECT.matcher(statement);
        return select.matches() ? select(select.group(1), version, schema, by) : null;
    }

    private static @Nullable AdminReply select(String list, String version, Schema schema, AdminUser by) {
        List<String> names = new ArrayList<>();
        List<@Nullable String> values = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            Matcher matcher = ITEM.matcher(item.trim());
            if (!matcher.matches()) {
                return null;
            }
            String expression = matcher.group(1);
            names.add(matcher.group(3) == null ? expression : matcher.group(3));
            if (matcher.group(2) != null) {
                String value = DriverVariables.all(version).get(matcher.group(2).toLowerCase(Locale.ROOT));
                if (value == null) {
                    return new Refused(new SqlError(
                            ER_UNKNOWN_SYSTEM_VARIABLE,
                            "HY000",
                            "Sluice: the admin port has no system variable '" + matcher.group(2) + "'"));
                }
                values.add(value);
            } else if (expression.startsWith("'") || Character.isDigit(expression.charAt(0))) {
                values.add(expression.replace("'", ""));
            } else {
                switch (expression.toUpperCase(Locale.ROOT)) {
                    case "VERSION()" -> values.add(version);
                    case "DATABASE()", "SCHEMA()" -> values.add(schema.sql());
                    case "NULL" -> values.add(null);
                    case "USER()", "CURRENT_USER()", "CURRENT_USER" -> values.add(by.name());
                    case "CONNECTION_ID()" -> values.add(Long.toString(by.connection()));
                    default -> {
                        return null;
                    }
                }
            }
        }
        Table table = Table.of(names.toArray(String[]::new));
        return table.with(values.toArray());
    }
}
