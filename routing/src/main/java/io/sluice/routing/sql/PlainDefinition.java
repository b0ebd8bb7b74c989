// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.TextTokens.Kind;
import java.util.Set;

/**
 * Definitions of one table that a server carries out whole or not at all, and answers with an OK packet that says
 * nothing: TRUNCATE, DROP TABLE without IF EXISTS, and CREATE TABLE of columns whose types give no warning in any
 * version or mode.
 */
final class PlainDefinition {
    private static final Set<String> TYPES =
            Set.of("TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT", "DATE", "TEXT", "LONGTEXT");

    private static final Set<String> SIZED = Set.of("CHAR", "VARCHAR");
    private static final String SIZES = "[1-9][0-9]?|1[0-9][0-9]"; // a key of these fits under every charset

    private final TextTokens tokens;
    private final int count;
    private int at;

    private PlainDefinition(TextTokens tokens, int count) {
        this.tokens = tokens;
        this.count = count;
    }

    static boolean is(TextTokens tokens, int count) {
        return new PlainDefinition(tokens, count).matches();
    }

    private boolean matches() {
        if (word("TRUNCATE")) {
            word("TABLE");
            return table() && at == count;
        }
        if (word("DROP")) {
            return word("TABLE") && table() && at == count;
        }
        return word("CREATE") && word("TABLE") && table() && columns() && at == count;
    }

    private boolean word(String upperCase) {
        boolean there = at < count && tokens.isWord(at, upperCase);
        at += there ? 1 : 0;
        return there;
    }

    private boolean symbol(String sign) {
        boolean there = at < count && tokens.isSymbol(at, sign);
        at += there ? 1 : 0;
        return there;
    }

    private boolean name() {
        boolean there = at < count && tokens.isName(at);
        at += there ? 1 : 0;
        return there;
    }

    private boolean table() {
        return !tokens.isWord(at, "IF") && name() && (!symbol(".") || name());
    }

    private boolean columns() {
        if (!symbol("(")) {
            return false;
        }
        boolean first = true;
        do {
            if (!first && tokens.isWord(at, "PRIMARY")) {
                return word("PRIMARY") && word("KEY") && symbol("(") && name() && symbol(")") && symbol(")");
            }
            if (!column()) {
                return false;
            }
            first = false;
        } while (symbol(","));
        return symbol(")");
    }

    /** A bare name could be KEY or CHECK, but no type that is known here follows those. */
    private boolean column() {
        if (!name() || at >= count || tokens.kind(at) != Kind.WORD) {
            return false;
        }
        String type = tokens.upper(at++);
        if (SIZED.contains(type)) {
            boolean sized = symbol("(") && tokens.get(at++).text().matches(SIZES) && symbol(")");
            if (!sized) {
                return false;
            }
        } else if (!TYPES.contains(type)) {
            return false;
        }
        if (word("NOT")) {
            if (!word("NULL")) {
                return false;
            }
        } else {
            word("NULL");
        }
        word("AUTO_INCREMENT");
        return !word("PRIMARY") || word("KEY");
    }
}
