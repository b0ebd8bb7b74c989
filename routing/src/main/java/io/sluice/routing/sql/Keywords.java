// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.Tokens.Kind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells which words of a statement are keywords of the grammar, and which are names: MySQL reserves few words, and
 * which ones differs from server to server, but the neighbours of a word tell. Is asked in the order of the tokens.
 */
final class Keywords {
    /** How some tokens are told to the parser; no words: they are left out. */
    record Reading(String words, int count) {}

    /** Keywords wherever they stand: every server reserves them. */
    private static final Set<String> ALWAYS = Set.of(("ALL AND AS ASC BETWEEN BINARY BY COLLATE CROSS DEFAULT"
                    + " DELAYED DELETE DESC DISTINCT DISTINCTROW DIV ELSE EXISTS FALSE FROM GROUP HAVING"
                    + " HIGH_PRIORITY IN INDEX INNER INTERVAL INTO IS JOIN KEY LIKE LIMIT LOW_PRIORITY MATCH NATURAL"
                    + " NOT NULL OR ORDER OUTER OUTFILE PARTITION PROCEDURE REGEXP RLIKE SELECT SEPARATOR SET"
                    + " SQL_BIG_RESULT SQL_CALC_FOUND_ROWS SQL_SMALL_RESULT STRAIGHT_JOIN TABLE THEN TO TRUE UNION"
                    + " UPDATE USING WHEN WHERE XOR")
            .split(" "));

    /** Functions that are called without parentheses. */
    private static final Set<String> NILADIC = Set.of(("CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP"
                    + " CURRENT_USER LOCALTIME LOCALTIMESTAMP UTC_DATE UTC_TIME UTC_TIMESTAMP")
            .split(" "));

    private static final Set<String> AFTER_SELECT = Set.of(("SELECT ALL DISTINCT DISTINCTROW HIGH_PRIORITY"
                    + " STRAIGHT_JOIN SQL_BIG_RESULT SQL_SMALL_RESULT SQL_CALC_FOUND_ROWS SQL_BUFFER_RESULT SQL_CACHE"
                    + " SQL_NO_CACHE")
            .split(" "));

    private static final Set<String> BEFORE_IGNORE =
            Set.of(("INSERT REPLACE UPDATE DELETE LOW_PRIORITY DELAYED" + " HIGH_PRIORITY QUICK").split(" "));

    /** What ALTER TABLE renames, unless it is the table. */
    private static final Set<String> RENAMED_PARTS = Set.of("COLUMN", "INDEX", "KEY");

    private final Tokens tokens;
    private final String verb;
    private int openCases;
    private boolean locking;
    private boolean onDuplicate;
    /** Where a word that was read as a name stands: what follows cannot be an operand. */
    private int lastName = -1;

    Keywords(Tokens tokens) {
        this.tokens = tokens;
        this.verb = tokens.text(0);
    }

    /** Null: the word is a name. */
    @Nullable
    Reading at(int i) {
        Reading reading = reading(i, tokens.text(i));
        if (reading == null) {
            lastName = i;
        }
        return reading;
    }

    private @Nullable Reading reading(int i, String word) {
        if (ALWAYS.contains(word)) {
            return always(i, word);
        }
        if (NILADIC.contains(word)) {
            return next(i, "(") ? null : new Reading("`" + word + "` ( )", 1);
        }
        if (tokens.kind(i + 1) == Kind.LITERAL && isIntroducer(i, word)) {
            return new Reading("", 1);
        }
        Reading reading = clause(i, word);
        if (reading == null) {
            reading = operator(i, word);
        }
        return reading == null ? ofWindow(i, word) : reading;
    }

    private @Nullable Reading always(int i, String word) {
        if (word.equals("SET") && word(i - 1, "CHARACTER")) {
            return verb.equals("LOAD") ? null : plain(word);
        }
        if (word.equals("TABLE") && verb.equals("SHOW")) { // Opening has told it where it stands for a table.
            return null;
        }
        if (word.equals("DISTINCTROW")) {
            return new Reading("DISTINCT", 1);
        }
        if (word.equals("DEFAULT")) {
            return new Reading("DEFAULT_VALUE", 1);
        }
        boolean ofFunction = word.equals("FROM")
                && symbol(i - 1, ")")
                && (word(i + 1, "FIRST") || word(i + 1, "LAST"))
                && (word(i + 2, "OVER") || word(i + 3, "NULLS"));
        return ofFunction ? new Reading("", 2) : plain(word);
    }

    private boolean isIntroducer(int i, String word) {
        return word.startsWith("_")
                || (!symbol(i - 1, "{")
                        && (word.equals("DATE") || word.equals("TIME") || word.equals("TIMESTAMP"))
                        && !word(i - 1, "AS"));
    }

    /** Words of clauses around queries and statements. */
    private @Nullable Reading clause(int i, String word) {
        switch (word) {
            case "ON" -> {
                boolean duplicate = tokens.startsWith(i, "ON", "DUPLICATE", "KEY", "UPDATE");
                onDuplicate |= duplicate;
                return duplicate ? new Reading("ON_DUPLICATE_KEY_UPDATE", 4) : plain(word);
            }
            case "FOR" -> {
                return forClause(i);
            }
            case "LOCK" -> {
                return tokens.startsWith(i, "LOCK", "IN", "SHARE", "MODE")
                        ? new Reading("LOCK_IN_SHARE_MODE", 4)
                        : null;
            }
            case "WITH" -> {
                return word(i + 1, "ROLLUP") || word(i + 1, "CUBE") ? new Reading("WITH_ROLLUP", 2) : plain(word);
            }
            case "IF" -> {
                boolean exists = tokens.startsWith(i, "IF", "EXISTS");
                boolean not = tokens.startsWith(i, "IF", "NOT", "EXISTS");
                return exists ? new Reading("IF_EXISTS", 2) : not ? new Reading("IF_EXISTS", 3) : null;
            }
            case "RECURSIVE" -> {
                return plainIf(word, word(i - 1, "WITH"));
            }
            case "CYCLE" -> {
                return plainIf(word, symbol(i - 1, ")") && tokens.isName(i + 1));
            }
            case "VALUES" -> {
                return plainIf(word, !(next(i, "(") && (onDuplicate || isOperandExpected(i))));
            }
            case "VALUE" -> {
                boolean rows = next(i, "(") && (symbol(i - 1, ")") || tokens.isName(i - 1)) && isInsert();
                return plainIf(word, (rows && !onDuplicate) || (word(i + 1, "FOR") && isNext(i - 1)));
            }
            case "NEXT", "PREVIOUS" -> {
                boolean sequence = word(i + 1, "VALUE") && word(i + 2, "FOR");
                return sequence || word(i - 1, "FETCH") ? plain("NEXT") : null;
            }
            case "FIRST" -> {
                return plainIf(word, word(i - 1, "FETCH"));
            }
            case "FETCH" -> {
                return plainIf(word, word(i + 1, "FIRST") || word(i + 1, "NEXT"));
            }
            case "ONLY" -> {
                return plainIf(word, word(i - 1, "ROW") || word(i - 1, "ROWS"));
            }
            case "OFFSET" -> {
                boolean limit = word(i - 2, "LIMIT");
                return plainIf(word, limit || (tokens.kind(i + 1) == Kind.LITERAL && isRow(i + 2)));
            }
            case "NOWAIT" -> {
                return plainIf(word, locking);
            }
            case "SKIP" -> {
                return locking && word(i + 1, "LOCKED") ? new Reading("SKIP_LOCKED", 2) : null;
            }
            case "WAIT" -> {
                return plainIf(word, locking && tokens.kind(i + 1) == Kind.LITERAL);
            }
            case "OF" -> {
                boolean lock = locking && (word(i - 1, "UPDATE") || word(i - 1, "SHARE"));
                return plainIf(word, lock || word(i - 1, "MEMBER") || word(i - 2, "SYSTEM_TIME"));
            }
            case "DUAL" -> {
                return plainIf(word, word(i - 1, "FROM") || symbol(i - 1, ","));
            }
            case "INSERT", "REPLACE" -> {
                return plainIf(word, !next(i, "(") && (word(i - 1, "FOR") || word(i - 1, "EXPLAIN") || i <= 4));
            }
            default -> {
                return option(i, word);
            }
        }
    }

    /** Options of statements: most are keywords behind a certain word only. */
    private @Nullable Reading option(int i, String word) {
        return switch (word) {
            case "USE", "FORCE" -> plainIf(word, word(i + 1, "INDEX") || word(i + 1, "KEY"));
            case "IGNORE" -> {
                if (isCallEnd(i - 1) && word(i + 1, "NULLS")) {
                    yield new Reading("", 2);
                }
                boolean hint = word(i + 1, "INDEX") || word(i + 1, "KEY");
                yield plainIf(word, hint || (tokens.isWord(i - 1) && BEFORE_IGNORE.contains(tokens.text(i - 1))));
            }
            case "RESPECT" -> isCallEnd(i - 1) && word(i + 1, "NULLS") ? new Reading("", 2) : null;
            case "QUICK" -> plainIf(word, word(i - 1, "DELETE") || word(i - 1, "LOW_PRIORITY"));
            case "SQL_NO_CACHE", "SQL_CACHE", "SQL_BUFFER_RESULT" ->
                plainIf(word, tokens.isWord(i - 1) && AFTER_SELECT.contains(tokens.text(i - 1)));
            case "DUMPFILE" -> plainIf(word, word(i - 1, "INTO"));
            case "GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY" -> {
                boolean scope = verb.equals("SET") && (i == 1 || symbol(i - 1, ",")) && tokens.isName(i + 1);
                boolean lock = word.equals("LOCAL") && word(i - 1, "READ") && verb.equals("LOCK");
                boolean global = word.equals("GLOBAL") || word.startsWith("PERSIST");
                yield scope ? plain(global ? "GLOBAL" : "SESSION") : lock ? plain(word) : null;
            }
            case "READ", "WRITE" -> plainIf(word, verb.equals("LOCK"));
            case "RETURNING" -> plainIf(word, i > 1 && !symbol(i - 1, ",") && !symbol(i - 1, "("));
            case "EXCEPT", "INTERSECT" -> {
                boolean set = word(i + 1, "ALL") || word(i + 1, "DISTINCT") || Opening.isQuery(tokens, i + 1);
                yield plainIf(word, set);
            }
            case "RENAME" -> plainIf(word, verb.equals("ALTER") && !RENAMED_PARTS.contains(tokens.text(i + 1)));
            case "AT" -> word(i + 1, "TIME") && word(i + 2, "ZONE") ? new Reading("AT_TIME_ZONE", 3) : null;
            case "QUALIFY" -> plainIf(word, isOperand(i - 1) && tokens.isName(i + 1) && !isClause(i + 1));
            case "UNIQUE" -> word(i - 1, "SELECT") ? plain("DISTINCT") : null;
            case "TABLESAMPLE" -> plainIf(word, word(i + 1, "SYSTEM") || word(i + 1, "BERNOULLI"));
            case "LATERAL" -> plainIf(word, next(i, "("));
            case "JSON_TABLE", "JSON_VALUE", "CONVERT" -> plainIf(word, next(i, "("));
            default -> null;
        };
    }

    private Reading forClause(int i) {
        if (word(i + 1, "UPDATE") || word(i + 1, "SHARE")) {
            locking = true;
            return new Reading("FOR_" + tokens.text(i + 1), 2);
        }
        return word(i + 1, "SYSTEM_TIME") ? new Reading("FOR_SYSTEM_TIME", 2) : plain("FOR");
    }

    /** Words that are operators, or open and close expressions. */
    private @Nullable Reading operator(int i, String word) {
        switch (word) {
            case "CASE" -> {
                openCases++;
                return plain(word);
            }
            case "END" -> {
                if (openCases == 0) {
                    return null;
                }
                openCases--;
                return plain(word);
            }
            case "MOD" -> {
                return plainIf(word, isOperand(i - 1));
            }
            case "LEFT", "RIGHT" -> {
                return plainIf(word, word(i + 1, "JOIN") || word(i + 1, "OUTER"));
            }
            case "ESCAPE" -> {
                return plainIf(word, isOperand(i - 1) && !next(i, ",") && !next(i, ".") && !next(i, "="));
            }
            case "SOUNDS" -> {
                return word(i + 1, "LIKE") ? new Reading("", 1) : null;
            }
            case "MEMBER" -> {
                return plainIf(word, word(i + 1, "OF"));
            }
            case "ANY", "SOME" -> {
                boolean compared = tokens.kind(i - 1) == Kind.SYMBOL && "=<>".contains(tokens.text(i - 1));
                return plainIf(word, compared && next(i, "(") && Opening.isQuery(tokens, i + 2));
            }
            case "AGAINST" -> {
                return plainIf(word, next(i, "("));
            }
            case "BOTH", "LEADING", "TRAILING" -> {
                return symbol(i - 1, "(") ? new Reading("", 1) : null;
            }
            default -> {
                return null;
            }
        }
    }

    private @Nullable Reading ofWindow(int i, String word) {
        return switch (word) {
            case "OVER" -> plainIf(word, isCallEnd(i - 1) || word(i - 1, "NULLS"));
            case "WINDOW" -> plainIf(word, word(i + 2, "AS") && symbol(i + 3, "("));
            case "WITHIN" -> plainIf(word, word(i + 1, "GROUP"));
            case "ROW" -> plainIf(word, next(i, "(") || word(i - 1, "CURRENT") || isFetched(i));
            case "ROWS" -> plainIf(word, isFrame(i) || word(i + 1, "EXAMINED") || isFetched(i));
            case "RANGE" -> plainIf(word, isFrame(i));
            case "CURRENT" -> plainIf(word, word(i + 1, "ROW"));
            case "UNBOUNDED" -> plainIf(word, word(i + 1, "PRECEDING") || word(i + 1, "FOLLOWING"));
            case "PRECEDING", "FOLLOWING" ->
                plainIf(word, next(i, ")") || word(i + 1, "AND") || word(i + 1, "EXCLUDE"));
            case "EXCLUDE" -> plainIf(word, isRow(i - 1) || word(i - 1, "PRECEDING") || word(i - 1, "FOLLOWING"));
            case "TIES", "OTHERS", "NO" -> plainIf(word, word(i - 1, "EXCLUDE") || word(i - 1, "NO"));
            default -> null;
        };
    }

    /** Within an expression VALUES is a function, which tells what would have been inserted. */
    private boolean isOperandExpected(int i) {
        return verb.equals("UPDATE") || word(i - 1, "SELECT") || symbol(i - 1, ",") || symbol(i - 1, "=");
    }

    private boolean isFrame(int i) {
        return word(i + 1, "BETWEEN")
                || word(i + 1, "UNBOUNDED")
                || word(i + 1, "CURRENT")
                || word(i + 1, "INTERVAL")
                || word(i + 2, "PRECEDING")
                || word(i + 2, "FOLLOWING");
    }

    private boolean isClause(int i) {
        return tokens.isWord(i) && ALWAYS.contains(tokens.text(i));
    }

    private boolean isCallEnd(int i) {
        return symbol(i, ")") || ((word(i, "FIRST") || word(i, "LAST")) && word(i - 1, "FROM"));
    }

    private boolean isFetched(int i) {
        return word(i + 1, "ONLY") || word(i + 1, "FETCH") || (word(i + 1, "WITH") && word(i + 2, "TIES"));
    }

    private boolean isRow(int i) {
        return word(i, "ROW") || word(i, "ROWS");
    }

    private boolean isNext(int i) {
        return word(i, "NEXT") || word(i, "PREVIOUS");
    }

    private boolean isInsert() {
        return verb.equals("INSERT") || verb.equals("REPLACE") || verb.equals("EXPLAIN") || verb.equals("SET");
    }

    private boolean isOperand(int i) {
        return switch (tokens.kind(i)) {
            case LITERAL, QUOTED, USER_VARIABLE -> true;
            case WORD -> i == lastName || word(i, "NULL") || word(i, "TRUE") || word(i, "FALSE") || word(i, "END");
            case SYMBOL -> tokens.isSymbol(i, ")");
        };
    }

    private static Reading plain(String word) {
        return new Reading(word, 1);
    }

    private static @Nullable Reading plainIf(String word, boolean keyword) {
        return keyword ? plain(word) : null;
    }

    private boolean word(int i, String word) {
        return tokens.isWord(i, word);
    }

    private boolean symbol(int i, String sign) {
        return tokens.isSymbol(i, sign);
    }

    private boolean next(int i, String sign) {
        return tokens.isSymbol(i + 1, sign);
    }
}
