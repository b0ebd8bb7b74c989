// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What every area of the suite is: tests that know their endpoint only by {@link #endpoint}. */
abstract class Area implements Target {

    /** An area's tests run directly. */
    interface Direct extends Target {
        @Override
        default Endpoint endpoint() {
            return Lab.direct();
        }
    }

    /** An area's tests run through Sluice. */
    interface ThroughSluice extends Target {
        @Override
        default Endpoint endpoint() {
            return Lab.throughSluice();
        }
    }

    boolean onMariaDb() {
        return endpoint().flavor().isMariaDb();
    }

    /** Runs statements in order. */
    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column of the only row. */
    static String value(Connection connection, String sql) throws SQLException {
        List<String> values = column(connection, sql);
        assertThat(values).as(sql).hasSize(1);
        return values.get(0);
    }

    /** The first column of all rows; "NULL" for no value. */
    static List<String> column(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.execute(sql)).as("rows from " + sql).isTrue(); // the driver thinks HANDLER has none
            List<String> values = new ArrayList<>();
            try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                    String value = rows.getString(1);
                    values.add(value == null ? "NULL" : value);
                }
            }
            return values;
        }
    }

    /** What one session wrote, another may read only now: it may be answered by a replica. */
    static void awaitReplicas() {
        Lab.topology().awaitCaughtUp();
    }

    /** The error that a call must end with. */
    static SQLException error(ThrowingCallable call) {
        SQLException error = catchThrowableOfType(SQLException.class, call);
        assertThat((Throwable) error).as("an SQLException").isNotNull();
        return error;
    }

    /** A new table with this definition, the old one of that name gone. */
    static void table(Connection connection, String name, String definition) throws SQLException {
        run(connection, "DROP TABLE IF EXISTS " + name, "CREATE TABLE " + name + " (" + definition + ")");
    }
}
