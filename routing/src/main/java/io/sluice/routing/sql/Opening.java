// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a statement begins, as the parser is told.
 *
 * @param words stand for the tokens before {@code next}
 */
record Opening(String words, int next) {
    private static final String SET_STATEMENT = "SET STATEMENT";

    /** Statements without tables that a parser would find. */
    private static final Set<String> OPAQUE = Set.of(("ALTER BACKUP BEGIN BINLOG CACHE CHANGE CHECK CHECKSUM CLONE"
                    + " COMMIT CREATE DEALLOCATE DROP EXPLAIN FLUSH GET GRANT HELP IMPORT INSTALL KILL LOAD"
                    + " LOCK OPTIMIZE PURGE RELEASE RENAME REPAIR RESET RESIGNAL RESTART REVOKE ROLLBACK"
                    + " SAVEPOINT SHUTDOWN SIGNAL START STOP UNINSTALL UNLOCK USE XA")
            .split(" "));

    private static final Set<String> QUERIES = Set.of("SELECT", "WITH", "VALUES", "TABLE");
    private static final Set<String> PLANNED =
            Set.of("SELECT", "WITH", "VALUES", "TABLE", "INSERT", "REPLACE", "UPDATE", "DELETE");

    /** What a definition defines; of the first four the parser finds the tables. */
    private static final Set<String> TABLE_OBJECTS = Set.of("TABLE", "TABLES", "VIEW", "INDEX", "TRIGGER", "SEQUENCE");

    private static final Set<String> OTHER_OBJECTS = Set.of(("DATABASE SCHEMA PROCEDURE FUNCTION EVENT USER ROLE SERVER"
                    + " TABLESPACE LOGFILE REFERENCE LIBRARY INSTANCE RESOURCE PACKAGE BODY PREPARE AGGREGATE JSON"
                    + " MASKING UNDO")
            .split(" "));

    private static final Set<String> SHOWN_PARTS = Set.of("COLUMNS", "FIELDS", "INDEX", "INDEXES", "KEYS");
    private static final Set<String> CREATED = Set.of("TABLE", "VIEW", "SEQUENCE", "TRIGGER");

    /** Null if no statement begins so. */
    static @Nullable Opening of(Tokens tokens) {
        if (tokens.isSymbol(0, "(")) {
            return new Opening("", 0);
        }
        String verb = tokens.isWord(0) ? tokens.text(0) : "";
        return switch (verb) {
            case "SELECT", "WITH", "VALUES", "TABLE", "INSERT", "REPLACE", "UPDATE", "DELETE" -> new Opening(verb, 1);
            case "DO", "CALL", "HANDLER", "EXECUTE" -> new Opening(verb, 1);
            case "SET" ->
                tokens.isWord(1, "STATEMENT") && tokens.isName(2)
                        ? new Opening(SET_STATEMENT, 2)
                        : new Opening(verb, 1);
            case "PREPARE" -> new Opening("EXECUTE", 1);
            case "SHOW" -> show(tokens);
            case "LOAD" -> tokens.isWord(1, "INDEX") ? opaque(tokens) : new Opening(verb, 1);
            case "EXPLAIN", "DESC", "DESCRIBE" -> explain(tokens);
            case "ANALYZE", "OPTIMIZE", "CHECK", "CHECKSUM", "REPAIR", "FLUSH" -> maintenance(verb, tokens);
            case "LOCK" ->
                tokens.isWord(1, "TABLES") || tokens.isWord(1, "TABLE")
                        ? new Opening("LOCKED_TABLES", 2)
                        : opaque(tokens);
            case "CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE" -> definition(verb, tokens);
            default -> OPAQUE.contains(verb) ? opaque(tokens) : null;
        };
    }

    /** SET STATEMENT: after its assignments and FOR another statement begins. */
    boolean prefixesAnother() {
        return words.equals(SET_STATEMENT);
    }

    private static Opening opaque(Tokens tokens) {
        return new Opening("OPAQUE", Math.min(1, tokens.count()));
    }

    private static Opening explain(Tokens tokens) {
        if (tokens.isWord(1, "ANALYZE")) {
            return new Opening("ANALYZE", 2);
        }
        int at = 1;
        while (at < tokens.count() && at < 8 && !isPlanned(tokens, at)) {
            at++;
        }
        if (isPlanned(tokens, at)) {
            return new Opening("EXPLAIN", 1);
        }
        boolean table = tokens.isName(1) && !tokens.isWord(1, "FOR") && !tokens.isSymbol(2, "=");
        return table ? new Opening("DESCRIBE", 1) : opaque(tokens);
    }

    private static boolean isPlanned(Tokens tokens, int at) {
        return tokens.isSymbol(at, "(") || (tokens.isWord(at) && PLANNED.contains(tokens.text(at)));
    }

    private static Opening maintenance(String verb, Tokens tokens) {
        int at = 1;
        while (tokens.isWord(at, "LOCAL") || tokens.isWord(at, "NO_WRITE_TO_BINLOG")) {
            at++;
        }
        if ((tokens.isWord(at, "TABLE") || tokens.isWord(at, "TABLES") || tokens.isWord(at, "VIEW"))
                && tokens.isName(at + 1)
                && !tokens.isWord(at + 1, "WITH")
                && !tokens.isWord(at + 1, "FOR")) {
            return new Opening("MAINTAIN TABLE", at + 1);
        }
        return verb.equals("ANALYZE") ? new Opening("ANALYZE", 1) : opaque(tokens);
    }

    /** What stands between the verb and the kind of object is left out. */
    private static Opening definition(String verb, Tokens tokens) {
        for (int at = 1; at < tokens.count(); at++) {
            String word = tokens.isWord(at) ? tokens.text(at) : "";
            if (TABLE_OBJECTS.contains(word)) {
                String object = word.equals("TABLES") || word.equals("SEQUENCE") ? "TABLE" : word;
                return new Opening(verb + " " + object, at + 1);
            }
            if (OTHER_OBJECTS.contains(word)) {
                break;
            }
        }
        return verb.equals("TRUNCATE") ? new Opening("TRUNCATE TABLE", 1) : new Opening(verb + " OPAQUE", 1);
    }

    private static Opening show(Tokens tokens) {
        int at = 1;
        while (tokens.isWord(at, "FULL") || tokens.isWord(at, "EXTENDED")) {
            at++;
        }
        if (tokens.isWord(at) && SHOWN_PARTS.contains(tokens.text(at))) {
            if (tokens.isWord(at + 1, "FROM") || tokens.isWord(at + 1, "IN")) {
                return new Opening("SHOW TABLE", at + 2);
            }
        } else if (tokens.isWord(at, "CREATE") && CREATED.contains(tokens.text(at + 1)) && tokens.isName(at + 2)) {
            int next = tokens.startsWith(at + 2, "IF", "NOT", "EXISTS") ? at + 5 : at + 2;
            return new Opening(tokens.isWord(at + 1, "TRIGGER") ? "SHOW" : "SHOW TABLE", next);
        }
        return new Opening("SHOW", 1);
    }

    /** Whether the tokens from {@code at} on begin a query. */
    static boolean isQuery(Tokens tokens, int at) {
        return tokens.isSymbol(at, "(") || (tokens.isWord(at) && QUERIES.contains(tokens.text(at)));
    }
}
