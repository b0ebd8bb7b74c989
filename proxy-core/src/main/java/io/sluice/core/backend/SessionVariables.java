// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.sluice.protocol.packet.SessionChanges;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Variables that differ from those of a fresh connection: system variables with the values the server reported, user
 * variables and the role with the literals that were assigned. Immutable, so that a session and the connection in step
 * with it share one instance.
 */
public final class SessionVariables {
    public static final SessionVariables NONE = new SessionVariables(Map.of(), Map.of());

    /** The key of the role among the literals; no user variable is called so, as theirs begin with a sign. */
    private static final String ROLE = "ROLE";

    /** Belong to Sluice, or hold for one statement, or follow from the data: never carried to another connection. */
    private static final Set<String> NOT_CARRIED = Set.of(
            "last_insert_id",
            "insert_id",
            "identity",
            "timestamp",
            "rand_seed1",
            "rand_seed2",
            "gtid_next",
            "server_id",
            "last_gtid",
            "pseudo_thread_id",
            "statement_id",
            "gtid_owned",
            "proxy_user",
            "external_user",
            "warning_count",
            "error_count",
            "interactive_timeout",
            "net_read_timeout",
            "net_write_timeout",
            "wait_timeout");

    /** Their defaults are not those of the handshake, so only a reset brings them back. */
    private static final Set<String> SET_BY_HANDSHAKE =
            Set.of("character_set_client", "character_set_connection", "character_set_results", "collation_connection");

    private static final String COLLATION = "collation_connection";

    private static final String COLLATIONS = "collation_";

    /** What decides how the text of a statement is read, in the order in which they can be set. */
    private static final List<String> OF_READING =
            List.of("sql_mode", "character_set_client", "character_set_connection", "collation_connection");

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,20}(\\.\\d{1,30})?");

    private final Map<String, String> values;
    private final Map<String, String> literals;

    private SessionVariables(Map<String, String> values, Map<String, String> literals) {
        this.values = values;
        this.literals = literals;
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
        return next == null ? this : new SessionVariables(next, literals);
    }

    /** These with one more user variable; its literal is as SQL has it, each character one byte. */
    public SessionVariables withUserVariable(String name, String literal) {
        return withLiteral(quoted(name), literal);
    }

    private static String quoted(String name) {
        return "@`" + name.replace("`", "``") + "`";
    }

    /** The literal that a user variable has, as it was written; null if none is known. */
    public @Nullable String userVariable(String name) {
        return literals.get(quoted(name));
    }

    /**
     * These with other active roles.
     *
     * @param roles what follows SET ROLE
     */
    public SessionVariables withRole(String roles) {
        return withLiteral(ROLE, roles);
    }

    private SessionVariables withLiteral(String name, String literal) {
        if (literal.equals(literals.get(name))) {
            return this;
        }
        Map<String, String> next = new LinkedHashMap<>(literals);
        next.put(name, literal);
        return new SessionVariables(values, next);
    }

    /** These without what is known of the collation, which then is the default of its charset. */
    public SessionVariables withoutCollation() {
        if (!values.containsKey(COLLATION)) {
            return this;
        }
        Map<String, String> next = new LinkedHashMap<>(values);
        next.remove(COLLATION);
        return new SessionVariables(next, literals);
    }

    /** These without user variables. */
    public SessionVariables withoutUserVariables() {
        String role = literals.get(ROLE);
        return literals.isEmpty() ? this : new SessionVariables(values, role == null ? Map.of() : Map.of(ROLE, role));
    }

    /** The system variables alone. */
    public SessionVariables ofSystem() {
        return literals.isEmpty() ? this : new SessionVariables(values, Map.of());
    }

    public int userVariables() {
        return literals.size();
    }

    /** These variables, but the text of statements is read as under those. Returns this if it is already. */
    @SuppressWarnings("ReferenceEquality") // mostly the same object, and then there is nothing to compare
    public SessionVariables readingAs(SessionVariables those) {
        if (this == those || OF_READING.stream().allMatch(name -> Objects.equals(get(name), those.get(name)))) {
            return this;
        }
        Map<String, String> next = new LinkedHashMap<>(values);
        for (String name : OF_READING) {
            String value = those.get(name);
            if (value != null) {
                next.remove(name);
                next.put(name, value);
            } else if (!SET_BY_HANDSHAKE.contains(name)) { // else only a reset would bring it back
                next.remove(name);
            }
        }
        return new SessionVariables(next, literals);
    }

    /** These system variables with the user variables and roles of those. */
    public SessionVariables withLiteralsOf(SessionVariables those) {
        return literals.equals(those.literals) ? this : new SessionVariables(values, those.literals);
    }

    public boolean isEmpty() {
        return values.isEmpty() && literals.isEmpty();
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
        return !wanted.literals.keySet().containsAll(literals.keySet());
    }

    /** What assigns the user variables of {@code wanted}, or null for none; in bytes, as the client wrote them. */
    @Nullable
    String assignmentsTowards(SessionVariables wanted) {
        StringBuilder sql = new StringBuilder("SET ");
        for (Map.Entry<String, String> entry : wanted.literals.entrySet()) {
            if (!entry.getKey().equals(ROLE) && !entry.getValue().equals(literals.get(entry.getKey()))) {
                sql.append(sql.length() > 4 ? "," : "")
                        .append(entry.getKey())
                        .append('=')
                        .append(entry.getValue());
            }
        }
        return sql.length() == 4 ? null : sql.toString();
    }

    /** What takes the role of {@code wanted}, or null for nothing; in bytes, as the client wrote it. */
    @Nullable
    String roleTowards(SessionVariables wanted) {
        String role = wanted.literals.get(ROLE);
        return role == null || role.equals(literals.get(ROLE)) ? null : "SET ROLE " + role;
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
        for (Map.Entry<String, String> entry : wanted.values.entrySet()) {
            String name = entry.getKey();
            if (!name.startsWith(COLLATIONS) && !entry.getValue().equals(values.get(name))) {
                append(sql, name, literal(name, entry.getValue()));
            }
        }
        // A charset brings its default collation along, so collations come last.
        for (Map.Entry<String, String> entry : wanted.values.entrySet()) {
            String name = entry.getKey();
            if (name.startsWith(COLLATIONS)
                    && !(entry.getValue().equals(values.get(name)) && sameCharset(name, wanted))) {
                append(sql, name, literal(name, entry.getValue()));
            }
        }
        return sql.length() == 4 ? null : sql.toString();
    }

    private boolean sameCharset(String collation, SessionVariables wanted) {
        String name = "character_set_" + collation.substring(COLLATIONS.length());
        return Objects.equals(values.get(name), wanted.values.get(name));
    }

    private static void append(StringBuilder sql, String name, String value) {
        if (sql.length() > 4) {
            sql.append(',');
        }
        sql.append("@@session.`").append(name.replace("`", "``")).append("`=").append(value);
    }

    /** A value as SQL has it, the same under every sql_mode and charset. */
    public static String literal(String name, String value) {
        if (value.isEmpty() && name.startsWith("character_set_")) {
            return "NULL";
        }
        if (NUMBER.matcher(value).matches()) {
            return value;
        }
        StringBuilder quoted = new StringBuilder(value.length() + 8).append("_utf8mb4 X'");
        for (byte b : value.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
            quoted.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return quoted.append('\'').toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof SessionVariables that
                        && values.equals(that.values)
                        && literals.equals(that.literals);
    }

    @Override
    public int hashCode() {
        return 31 * values.hashCode() + literals.hashCode();
    }

    @Override
    public String toString() {
        return literals.isEmpty() ? values.toString() : values + " " + literals.keySet();
    }
}
