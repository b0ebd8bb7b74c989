// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.sqlite.Function;
import org.sqlite.SQLiteConnection;
import org.sqlite.core.Codes;

/**
 * Functions of servers by which tools look at information_schema, where SQLite has none or calls them otherwise. For the
 * database's thread.
 */
final class MysqlFunctions {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private final String version;
    private Schema schema = Schema.MAIN;
    private AdminUser user = AdminUser.NOBODY;

    /** @param version what VERSION() says */
    MysqlFunctions(String version) {
        this.version = version;
    }

    /** What DATABASE(), USER() and CONNECTION_ID() say from now on. */
    void enter(Schema entered, AdminUser by) {
        schema = entered;
        user = by;
    }

    void create(SQLiteConnection connection) throws SQLException {
        for (String name : List.of("database", "schema")) {
            Function.create(connection, name, new Told(() -> schema.sql()));
        }
        for (String name : List.of("user", "session_user", "system_user")) {
            Function.create(connection, name, new Told(() -> user.name()));
        }
        Function.create(connection, "version", new Told(() -> version));
        Function.create(connection, "now", new Told(() -> SECONDS.format(Instant.now())));
        Function.create(connection, "connection_id", new Told(() -> user.connection()));
        Function.create(connection, "ucase", new Case(true));
        Function.create(connection, "lcase", new Case(false));
        Function.create(connection, "locate", new Locate());
        Function.create(connection, "least", new Least());
    }

    /** A fact about the session, without arguments. */
    private static final class Told extends Function {
        private final Supplier<Object> fact;

        Told(Supplier<Object> fact) {
            this.fact = fact;
        }

        @Override
        protected void xFunc() throws SQLException {
            if (fact.get() instanceof Number number) {
                result(number.longValue());
            } else {
                result(fact.get().toString());
            }
        }
    }

    /** UCASE(text) or LCASE(text). */
    private static final class Case extends Function {
        private final boolean upper;

        Case(boolean upper) {
            this.upper = upper;
        }

        @Override
        protected void xFunc() throws SQLException {
            String text = args() == 1 ? value_text(0) : null;
            if (text == null) {
                result();
            } else {
                result(upper ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT));
            }
        }
    }

    /** LOCATE(part, text): where it is first found, from 1; 0 for nowhere. */
    private static final class Locate extends Function {
        @Override
        protected void xFunc() throws SQLException {
            String part = args() == 2 ? value_text(0) : null;
            String text = args() == 2 ? value_text(1) : null;
            if (part == null || text == null) {
                result();
            } else {
                result(text.toLowerCase(Locale.ROOT).indexOf(part.toLowerCase(Locale.ROOT)) + 1);
            }
        }
    }

    /** LEAST of whole numbers. */
    private static final class Least extends Function {
        @Override
        protected void xFunc() throws SQLException {
            long least = Long.MAX_VALUE;
            for (int i = 0; i < args(); i++) {
                if (value_type(i) == Codes.SQLITE_NULL) {
                    result();
                    return;
                }
                least = Math.min(least, value_long(i));
            }
            result(least);
        }
    }
}
