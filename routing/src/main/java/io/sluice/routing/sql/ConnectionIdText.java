// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.PlacedTokens.Kind;
import io.sluice.routing.sql.PlacedTokens.Token;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts a session's id in the place of CONNECTION_ID(), which would tell the id of whichever connection serves the
 * session. A cast to UNSIGNED has the metadata of the call, on MySQL (BIGINT) and on MariaDB (INT); a column keeps the
 * name it would have by an alias.
 *
 * <p>Left alone is what a server keeps, such as the body of a procedure or a default, and what compares the id to ids
 * that servers tell: process lists, holders of locks. There the connection's own id is the right one.
 */
public final class ConnectionIdText {
    private static final Set<String> VERBS = Set.of(
            "ANALYZE",
            "CALL",
            "DELETE",
            "DESC",
            "DESCRIBE",
            "DO",
            "EXPLAIN",
            "INSERT",
            "REPLACE",
            "SELECT",
            "SET",
            "TABLE",
            "UPDATE",
            "VALUES",
            "WITH");

    /** Names of what tells ids of servers' threads. */
    private static final Set<String> OF_SERVERS = Set.of(
            "INFORMATION_SCHEMA",
            "INNODB_TRX",
            "IS_USED_LOCK",
            "METADATA_LOCKS",
            "PERFORMANCE_SCHEMA",
            "PROCESSLIST",
            "PROCESSLIST_ID",
            "PS_THREAD_ID",
            "SYS",
            "THREADS",
            "TRX_MYSQL_THREAD_ID");

    private static final Set<String> MODIFIERS = Set.of(
            "ALL",
            "DISTINCT",
            "DISTINCTROW",
            "HIGH_PRIORITY",
            "SQL_BIG_RESULT",
            "SQL_BUFFER_RESULT",
            "SQL_CACHE",
            "SQL_CALC_FOUND_ROWS",
            "SQL_NO_CACHE",
            "SQL_SMALL_RESULT",
            "STRAIGHT_JOIN");

    private static final Set<String> AFTER_LIST = Set.of(
            "EXCEPT",
            "FETCH",
            "FOR",
            "FROM",
            "GROUP",
            "HAVING",
            "INTERSECT",
            "INTO",
            "LIMIT",
            "LOCK",
            "MINUS",
            "OFFSET",
            "ON",
            "ORDER",
            "PROCEDURE",
            "QUALIFY",
            "UNION",
            "WHERE",
            "WINDOW");

    /** Words that an operand follows, so that a name after them is no alias. */
    private static final Set<String> OPERATORS = Set.of(
            "AND",
            "BETWEEN",
            "BINARY",
            "COLLATE",
            "DIV",
            "IN",
            "INTERVAL",
            "IS",
            "LIKE",
            "MOD",
            "NOT",
            "OR",
            "REGEXP",
            "RLIKE",
            "XOR");

    /** Words that end an expression and name nothing. */
    private static final Set<String> ENDS = Set.of("END", "FALSE", "NULL", "TRUE", "UNKNOWN");

    /** A server takes no longer alias (manual: "Identifier Length Limits": 256 characters). */
    private static final int MAX_ALIAS = 256;

    /** Each level is looked over once more than those in it. */
    private static final int MAX_LEVELS = 100;

    private final byte[] sql;
    private final int length;
    private final List<Token> tokens;
    private final byte[] id;
    /** What stands in the text from one place to another; an alias replaces nothing. */
    private final TreeMap<Integer, Change> changes = new TreeMap<>();

    /** The text stays as it is: a name would be too long, or the parentheses are too many or not in pairs. */
    private boolean givenUp;

    private record Change(int end, byte[] text) {}

    /** The parentheses around a token, or the statement itself. */
    private static final class Level {
        boolean inList;
        boolean withCall;
        int itemStart;
    }

    private ConnectionIdText(byte[] sql, int length, List<Token> tokens, long id) {
        this.sql = sql;
        this.length = length;
        this.tokens = tokens;
        this.id = ("CAST(" + id + " AS UNSIGNED)").getBytes(StandardCharsets.US_ASCII);
    }

    /** The text with the id in it; null if it stays as it is. */
    public static byte @Nullable [] with(long id, byte[] sql, int length, LexContext context) {
        List<Token> tokens = PlacedTokens.read(sql, length, context);
        if (tokens == null || tokens.stream().anyMatch(ConnectionIdText::isOfServers)) {
            return null;
        }
        ConnectionIdText text = new ConnectionIdText(sql, length, tokens, id);
        int start = 0;
        for (int i = 0; i <= tokens.size(); i++) {
            if (i == tokens.size() || text.isSymbol(i, ";")) {
                text.statement(start, i);
                start = i + 1;
            }
        }
        return text.changes.isEmpty() || text.givenUp ? null : text.changed();
    }

    private static boolean isOfServers(Token token) {
        return (token.kind() == Kind.WORD || token.kind() == Kind.QUOTED) && OF_SERVERS.contains(token.upper());
    }

    private void statement(int from, int to) {
        int verb = from;
        while (verb < to && isSymbol(verb, "(")) {
            verb++;
        }
        if (verb >= to || !isWord(verb) || !VERBS.contains(tokens.get(verb).upper())) {
            return;
        }
        ArrayDeque<Level> levels = new ArrayDeque<>();
        levels.push(new Level());
        for (int i = from; i < to; i++) {
            if (levels.isEmpty() || levels.size() > MAX_LEVELS) {
                givenUp = true; // no statement, or one made to take long
                return;
            }
            Level level = levels.getFirst();
            if (isCall(i, to)) {
                changes.put(tokens.get(i).start(), new Change(tokens.get(i + 2).end(), id));
                levels.forEach(around -> around.withCall = true);
                i += 2;
            } else if (isSymbol(i, "(")) {
                levels.push(new Level());
            } else if (isSymbol(i, ")")) {
                endItem(level, i);
                levels.pop();
            } else {
                inLevel(level, i);
            }
        }
        if (!levels.isEmpty()) {
            endItem(levels.getFirst(), to);
        }
    }

    private void inLevel(Level level, int i) {
        boolean bare = isWord(i) && !isSymbol(i - 1, ".");
        String word = bare ? tokens.get(i).upper() : "";
        if (word.equals("SELECT")) {
            level.inList = true;
            level.withCall = false;
            level.itemStart = i + 1;
        } else if (level.inList && i == level.itemStart && MODIFIERS.contains(word)) {
            level.itemStart = i + 1;
        } else if (level.inList && (isSymbol(i, ",") || AFTER_LIST.contains(word))) {
            endItem(level, i);
            level.inList = isSymbol(i, ",");
            level.withCall = false;
            level.itemStart = i + 1;
        }
    }

    private boolean isCall(int i, int to) {
        return isWord(i)
                && tokens.get(i).upper().equals("CONNECTION_ID")
                && !isSymbol(i - 1, ".")
                && !isSymbol(i - 1, "@")
                && i + 2 < to
                && isSymbol(i + 1, "(")
                && isSymbol(i + 2, ")");
    }

    /** Names the column as it would have been named, unless the client has. */
    private void endItem(Level level, int end) {
        if (!level.inList || !level.withCall || end <= level.itemStart || hasAlias(level.itemStart, end)) {
            return;
        }
        int from = tokens.get(level.itemStart).start();
        int to = tokens.get(end - 1).end();
        if (to - from > MAX_ALIAS) {
            givenUp = true;
            return;
        }
        String name = new String(sql, from, to - from, StandardCharsets.ISO_8859_1).replace("`", "``");
        byte[] alias = (" AS `" + name + "`").getBytes(StandardCharsets.ISO_8859_1);
        Change before = changes.get(to);
        assert before == null : "two aliases in one place";
        changes.put(to, new Change(to, alias));
    }

    private boolean hasAlias(int start, int end) {
        int depth = 0;
        for (int i = start; i < end; i++) {
            depth += isSymbol(i, "(") ? 1 : isSymbol(i, ")") ? -1 : 0;
            if (depth == 0 && isWord(i) && tokens.get(i).upper().equals("AS")) {
                return true;
            }
        }
        Token last = tokens.get(end - 1);
        if (end - 1 == start || last.kind() == Kind.SYMBOL || ENDS.contains(last.upper())) {
            return false;
        }
        Token before = tokens.get(end - 2);
        return before.kind() == Kind.SYMBOL ? before.upper().equals(")") : !OPERATORS.contains(before.upper());
    }

    private boolean isWord(int i) {
        return tokens.get(i).kind() == Kind.WORD;
    }

    private boolean isSymbol(int i, String sign) {
        return i >= 0
                && i < tokens.size()
                && tokens.get(i).kind() == Kind.SYMBOL
                && tokens.get(i).upper().equals(sign);
    }

    private byte[] changed() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 64);
        int at = 0;
        for (var change : new ArrayList<>(changes.entrySet())) {
            out.write(sql, at, change.getKey() - at);
            out.writeBytes(change.getValue().text());
            at = change.getValue().end();
        }
        out.write(sql, at, length - at);
        return out.toByteArray();
    }
}
