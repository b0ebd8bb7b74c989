// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A session's LAST_INSERT_ID(), and on which connection it is. OK packets tell of explicit values just as of generated
 * ones, though only the latter change LAST_INSERT_ID(): a connection that had another session's value before is asked
 * which of them it was. Confined to the session's event loop; a
 * session that is reset gets another one.
 */
final class LastInsertId {
    /** With more inserts on one connection, without a question between, the last ones count. */
    private static final int MAX_TOLD = 4;

    private final long[] told = new long[MAX_TOLD];
    private int tellings;
    private @Nullable BackendConnection toldBy;
    private long usesWhenTold;
    private long before;
    private long value;
    /** Where it was last seen or set, and how often that connection had been used then. */
    private @Nullable BackendConnection home;

    private long usesAtHome;
    /** Counts the changes: what a connection was once given may be out of date. */
    private long version;

    /** An OK packet named an id that is not 0. */
    void told(BackendConnection connection, long id) {
        boolean known = isOn(connection);
        version++;
        isAt(connection);
        if (known) {
            isNowOn(connection);
        } else {
            connection.setInsertIdOwner(null, 0);
            if (toldBy != connection || usesWhenTold != connection.uses()) {
                toldBy = connection;
                usesWhenTold = connection.uses();
                before = value;
                tellings = 0;
            }
            told[tellings++ % MAX_TOLD] = id;
        }
        value = id;
    }

    private void isAt(BackendConnection connection) {
        home = connection;
        usesAtHome = connection.uses();
    }

    /** The connection that knows it best; null if there is none, or somebody else has used it since. */
    @Nullable
    BackendConnection home() {
        BackendConnection connection = home;
        return connection != null && connection.uses() == usesAtHome ? connection : null;
    }

    /** The session has a connection again that nobody has used since it had so many uses. */
    void takenBack(BackendConnection connection, long usesBefore) {
        if (home == connection && usesAtHome == usesBefore) {
            usesAtHome = connection.uses();
        }
        if (toldBy == connection && usesWhenTold == usesBefore) {
            usesWhenTold = connection.uses();
        }
    }

    private boolean isOn(BackendConnection connection) {
        return connection.hasInsertId(this, version);
    }

    /** The connection has this session's value. */
    void isNowOn(BackendConnection connection) {
        isAt(connection);
        connection.setInsertIdOwner(this, version);
    }

    /** A statement has set it there, to what no OK packet tells. */
    void wasSetOn(BackendConnection connection) {
        version++;
        isNowOn(connection);
    }

    /** What gives the connection this session's value, or null if it has it. */
    @Nullable
    String statementFor(BackendConnection connection) {
        if (isOn(connection)) {
            return null;
        }
        if (toldBy == connection && usesWhenTold == connection.uses()) {
            String ids = Arrays.stream(told, 0, Math.min(tellings, MAX_TOLD))
                    .mapToObj(Long::toUnsignedString)
                    .collect(Collectors.joining(","));
            return "SET last_insert_id=CAST(IF(LAST_INSERT_ID() IN (" + ids + "),LAST_INSERT_ID(),"
                    + Long.toUnsignedString(before) + ") AS UNSIGNED)";
        }
        return "SET last_insert_id=" + Long.toUnsignedString(value);
    }
}
