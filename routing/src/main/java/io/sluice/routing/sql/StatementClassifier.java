// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.topology.ServerVersion;
import org.jspecify.annotations.Nullable;

/**
 * Tells a statement's class from its text. One per event loop, not thread-safe; a statement whose normal form was
 * seen before costs no allocation.
 */
public final class StatementClassifier {
    public static final int CACHED_STATEMENTS_DEFAULT = 2048;

    /** With more executable comments not every combination of taking and skipping them is tried. */
    private static final int EXECUTABLE_COMMENTS_MAX = 4;

    private final SqlLexer lexer = new SqlLexer();
    private final StatementCache cache;

    /** @param cachedStatements a power of two */
    public StatementClassifier(int cachedStatements) {
        this.cache = new StatementCache(cachedStatements);
    }

    public StatementClassifier() {
        this(CACHED_STATEMENTS_DEFAULT);
    }

    public Statement classify(byte[] sql, int offset, int length, LexContext context) {
        lexer.normalise(sql, offset, length, context);
        byte[] normal = lexer.normal().bytes();
        int normalLength = lexer.normal().length();
        if (normalLength > StatementCache.KEY_LENGTH_MAX) {
            return judge(normal, normalLength, context);
        }
        int contextKey = contextKey(context);
        long hash = cache.hash(normal, normalLength, contextKey);
        Statement known = cache.get(hash, contextKey, normal, normalLength);
        if (known == null) {
            known = judge(normal, normalLength, context);
            cache.put(hash, contextKey, normal, normalLength, known);
        }
        return known;
    }

    /** All of the context that matters beyond the normal form. */
    private static int contextKey(LexContext context) {
        int multi = context.multiStatements() ? 1 : 0;
        ServerVersion version = context.version();
        return version == null ? multi : version.number() << 3 | (version.isMariadb() ? 4 : 2) | multi;
    }

    private static Statement judge(byte[] normal, int length, LexContext context) {
        Tokens tokens = Tokens.of(normal, length);
        StatementRules rules = new StatementRules(context.version());
        Findings findings = new Findings();
        int comments = tokens.commentCount();
        if (comments == 0) {
            text(tokens, context, rules, findings);
        } else if (comments <= EXECUTABLE_COMMENTS_MAX) {
            readings(tokens, context, rules, findings);
        } else {
            text(tokens.reading(-1), context, rules, findings);
            text(tokens.reading(0), context, rules, findings);
            findings.raise(StatementClass.W, "many executable comments").add(Trait.HIDES_STATUS);
        }
        return statement(tokens, findings);
    }

    /** Which comments are code depends on the server: the strictest of all readings counts. */
    private static void readings(Tokens tokens, LexContext context, StatementRules rules, Findings findings) {
        boolean empty = true;
        for (int taken = (1 << tokens.commentCount()) - 1; taken >= 0; taken--) {
            Findings reading = new Findings();
            text(tokens.reading(taken), context, rules, reading);
            empty &= reading.has(Trait.EMPTY);
            findings.merge(reading);
        }
        if (!empty) {
            findings.remove(Trait.EMPTY);
        }
    }

    /** Several statements if the session may send them so; then reads must all be reads. */
    private static void text(Tokens tokens, LexContext context, StatementRules rules, Findings findings) {
        int parts = 0;
        int start = 0;
        while (start < tokens.count() || start == 0) {
            int end = start;
            while (end < tokens.count() && !tokens.isSymbol(end, ";")) {
                end++;
            }
            if (end > start) {
                Findings part = new Findings();
                rules.judge(start == 0 && end == tokens.count() ? tokens : tokens.slice(start, end), part);
                findings.merge(part);
                parts++;
            }
            start = end + 1;
        }
        if (parts == 0) {
            findings.add(Trait.EMPTY);
        } else if (parts > 1) {
            if (context.multiStatements()) {
                findings.add(Trait.MULTI_STATEMENT).add(Trait.HIDES_STATUS);
            }
            if (!context.multiStatements() || findings.statementClass().isAtLeast(StatementClass.X)) {
                findings.raise(StatementClass.W, "several statements");
            }
        }
    }

    private static Statement statement(Tokens tokens, Findings findings) {
        if (tokens.isUnlexable()) {
            findings.raise(StatementClass.W, "not readable")
                    .add(Trait.UNLEXABLE)
                    .add(Trait.HIDES_STATUS);
            findings.pin(Pin.UNTRACKED_STATE);
            findings.remove(Trait.EMPTY);
        }
        if (tokens.hintsVariables()) {
            findings.add(Trait.TRANSIENT_VARIABLES);
        }
        findings.settle();
        String digestText = DigestText.of(tokens);
        @Nullable Pin pin = findings.pin();
        return new Statement(
                findings.statementClass(),
                findings.traits(),
                pin,
                findings.verb(),
                findings.reason(),
                DigestText.hash(digestText),
                DigestText.shortened(digestText));
    }
}
