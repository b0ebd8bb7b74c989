// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;
import java.util.Set;

/**
 * The text that names a statement to people, and its number. Only reserved words are put in upper case: others may
 * be names, and names may differ by case alone.
 */
final class DigestText {
    /** What is kept of a long text; its number covers all of it. */
    private static final int LENGTH_MAX = 1024;

    private static final Set<String> RESERVED = Set.of(("ACCESSIBLE ADD ALL ALTER ANALYZE AND AS ASC BEFORE BETWEEN"
                    + " BIGINT BINARY BLOB BOTH BY CALL CASCADE CASE CHANGE CHAR CHARACTER CHECK COLLATE COLUMN"
                    + " CONDITION CONSTRAINT CONTINUE CONVERT CREATE CROSS CURRENT_DATE CURRENT_TIME"
                    + " CURRENT_TIMESTAMP CURRENT_USER CURSOR DATABASE DATABASES DEC DECIMAL DECLARE DEFAULT DELAYED"
                    + " DELETE DESC DESCRIBE DETERMINISTIC DISTINCT DISTINCTROW DIV DOUBLE DROP DUAL EACH ELSE ELSEIF"
                    + " ENCLOSED ESCAPED EXISTS EXIT EXPLAIN FALSE FETCH FLOAT FOR FORCE FOREIGN FROM FULLTEXT GRANT"
                    + " GROUP HAVING HIGH_PRIORITY IF IGNORE IN INDEX INFILE INNER INOUT INSENSITIVE INSERT INT"
                    + " INTEGER INTERVAL INTO IS ITERATE JOIN KEY KEYS KILL LEADING LEAVE LEFT LIKE LIMIT LINEAR LINES"
                    + " LOAD LOCALTIME LOCALTIMESTAMP LOCK LONG LONGBLOB LONGTEXT LOOP LOW_PRIORITY MATCH MAXVALUE"
                    + " MEDIUMBLOB MEDIUMINT MEDIUMTEXT MOD MODIFIES NATURAL NOT NULL NUMERIC ON OPTIMIZE OPTION"
                    + " OPTIONALLY OR ORDER OUT OUTER OUTFILE PARTITION PRECISION PRIMARY PROCEDURE PURGE RANGE READ"
                    + " READS REAL REFERENCES REGEXP RELEASE RENAME REPEAT REPLACE REQUIRE RESIGNAL RESTRICT RETURN"
                    + " REVOKE RIGHT RLIKE SCHEMA SCHEMAS SELECT SENSITIVE SEPARATOR SET SHOW SIGNAL SMALLINT SPATIAL"
                    + " SPECIFIC SQL SQLEXCEPTION SQLSTATE SQLWARNING SQL_BIG_RESULT SQL_CALC_FOUND_ROWS"
                    + " SQL_SMALL_RESULT SSL STARTING STRAIGHT_JOIN TABLE TERMINATED THEN TINYBLOB TINYINT TINYTEXT TO"
                    + " TRAILING TRIGGER TRUE UNDO UNION UNIQUE UNLOCK UNSIGNED UPDATE USAGE USE USING UTC_DATE"
                    + " UTC_TIME UTC_TIMESTAMP VALUES VARBINARY VARCHAR VARCHARACTER VARYING WHEN WHERE WHILE WITH"
                    + " WRITE XOR ZEROFILL")
            .split(" "));

    private DigestText() {}

    static String of(Tokens tokens) {
        StringBuilder text = new StringBuilder();
        int comment = 0;
        for (int i = 0; i < tokens.count(); i++) {
            if (tokens.comment(i) != comment) {
                text.append(comment == 0 ? "" : " */");
                comment = tokens.comment(i);
                text.append(comment == 0 ? "" : text.length() == 0 ? "/*!" : " /*!");
            }
            append(tokens, i, text);
        }
        if (comment != 0) {
            text.append(" */");
        }
        return tokens.isUnlexable() ? text.append(" ...").toString() : text.toString();
    }

    private static void append(Tokens tokens, int i, StringBuilder text) {
        if (i > 0 && wantsBlank(tokens, i)) {
            text.append(' ');
        }
        switch (tokens.kind(i)) {
            case WORD -> {
                boolean keyword = RESERVED.contains(tokens.text(i)) && !tokens.isSymbol(i - 1, ".");
                text.append(keyword || i == 0 ? tokens.text(i) : tokens.spelling(i));
            }
            case QUOTED -> quoted(tokens.text(i), text);
            case LITERAL -> text.append('?');
            case USER_VARIABLE -> {
                text.append('@');
                if (tokens.text(i).chars().allMatch(c -> c < 0x80 && (SqlBytes.isWord((byte) c) || c == '.'))) {
                    text.append(tokens.text(i));
                } else {
                    quoted(tokens.text(i), text);
                }
            }
            case SYMBOL -> text.append(tokens.text(i));
        }
    }

    private static void quoted(String name, StringBuilder text) {
        text.append('`').append(name.replace("`", "``")).append('`');
    }

    /** Blanks around words and operators, none beside parentheses, dots and before commas. */
    private static boolean wantsBlank(Tokens tokens, int i) {
        boolean glued = (tokens.kind(i) == Kind.SYMBOL && ".,();".contains(tokens.text(i)))
                || (tokens.kind(i - 1) == Kind.SYMBOL
                        && (tokens.isSymbol(i - 1, ".")
                                || tokens.isSymbol(i - 1, "(")
                                || tokens.isSymbol(i - 1, "@@")
                                || tokens.isSymbol(i - 1, "@")));
        boolean operators = tokens.kind(i) == Kind.SYMBOL
                && tokens.kind(i - 1) == Kind.SYMBOL
                && !"@@".equals(tokens.text(i))
                && !tokens.isSymbol(i - 1, ")")
                && !tokens.isSymbol(i - 1, ",");
        boolean clause =
                tokens.isSymbol(i, "(") && tokens.isWord(i - 1) && !FunctionRules.isCallable(tokens.text(i - 1));
        return clause || (!glued && !operators);
    }

    /** FNV-1a over the characters, finished by a mix: stable across processes and versions. */
    static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash ^= hash >>> 32;
        return hash;
    }

    static String shortened(String text) {
        return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "...";
    }
}
