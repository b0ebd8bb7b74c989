// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.sluice.protocol.packet.SessionChanges;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * System variables that differ from those of a fresh connection, with the values the server reported for them.
 * Immutable, so that a session and the connection in step with it share one instance.
 */
public final class SessionVariables {
    public static final SessionVariables NONE = new SessionVariables(Map.of());

    /** Belong to Sluice, or hold for one statement, or follow from the data: never carried to another connection. */
    private static final Set<String> NOT_CARRIED = Set.of(
            "last_insert_id",
            "insert_id",
            "identity",
            "timestamp",
            "rand_seed1",
            "rand_seed2",
            "gtid_next",
            "last_gtid",
            "pseudo_thread_id",
            "statement_id",
            "gtid_owned",
            "proxy_user",
            "external_user",
            "warning_count",
            "error_count");

    /** Their defaults are not those of the handshake, so only a reset brings them back. */
    private static final Set<String> SET_BY_HANDSHAKE =
            Set.of("character_set_client", "character_set_connection", "character_set_results", "collation_connection");

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,20}(\\.\\d{1,30})?");

    private final Map<String, String> values;

    private SessionVariables(Map<String, String> values) {
        this.values = values;
    }

    /** These variables with what a server reported on top. Returns this if nothing changes. */
    public SessionVariables with(List<SessionChanges.Variable> changes) {
        Map<String, String> next = null;
        for (SessionChanges.Variable change : changes) {
            String name = change.name().toLowerCase(Locale.ROOT);
            if (name.startsWith("session_track_") || NOT_CARRIED.contains(name)) {
                continue;
            }
            if (!change.value().equals((next == null ? values : next).get(name))) {
                next = next == null ? new LinkedHashMap<>(values) : next;
                // Removed first: a later SET must also be replayed later, since setting a charset sets its collation.
                next.remove(name);
                next.put(name, change.value());
            }
        }
        return next == null ? this : new SessionVariables(next);
    }

    public boolean isEmpty() {
        return values.isEmpty();
    }

    public @Nullable String get(String name) {
        return values.get(name);
    }

    /** Whether a connection with these variables needs a reset before it can get those: it has some that must go. */
    boolean needsResetFor(SessionVariables wanted) {
        for (String name : values.keySet()) {
            if (SET_BY_HANDSHAKE.contains(name) && !wanted.values.containsKey(name)) {
                return true;
            }
        }
        return false;
    }

    /** The statement that turns a connection with these variables into one with {@code wanted}, or null for none. */
    @Nullable
    String statementTowards(SessionVariables wanted) {
        StringBuilder sql = new StringBuilder("SET ");
        for (String name : values.keySet()) {
            if (!wanted.values.containsKey(name)) {
                append(sql, name, "DEFAULT");
            }
        }
        boolean charsetChanges = false;
        for (Map.Entry<String, String> entry : wanted.values.entrySet()) {
            String name = entry.getKey();
            boolean same = entry.getValue().equals(values.get(name));
            charsetChanges |= !same && name.equals("character_set_connection");
            // A charset of the connection brings its default collation along, so the collation follows again.
            if (!same || (charsetChanges && name.equals("collation_connection"))) {
                append(sql, name, literal(name, entry.getValue()));
            }
        }
        return sql.length() == 4 ? null : sql.toString();
    }

    private static void append(StringBuilder sql, String name, String value) {
        if (sql.length() > 4) {
            sql.append(',');
        }
        sql.append("@@session.`").append(name.replace("`", "``")).append("`=").append(value);
    }

    private static String literal(String name, String value) {
        if (value.isEmpty() && name.startsWith("character_set_")) {
            return "NULL";
        }
        if (NUMBER.matcher(value).matches()) {
            return value;
        }
        StringBuilder quoted = new StringBuilder(value.length() + 8).append("_utf8mb4 X'");
        // Hexadecimal, so that it means the same under every sql_mode and charset.
        for (byte b : value.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            quoted.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return quoted.append('\'').toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other || other instanceof SessionVariables that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
