// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.hint.HintText;
import io.sluice.routing.hint.Hints;
import io.sluice.routing.sql.parse.SqlFacts;
import io.sluice.routing.topology.ServerVersion;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
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
    private final @Nullable Structures structures;
    private Hints hints = Hints.NONE;
    /** The last hints that were read: who sends hints mostly sends the same again. */
    private Hints knownHints = Hints.NONE;

    private byte[] knownHintText = {};

    /**
     * @param cachedStatements a power of two
     * @param structures shared by all classifiers; null: statements are judged by their words alone
     */
    public StatementClassifier(int cachedStatements, @Nullable Structures structures) {
        this.cache = new StatementCache(cachedStatements);
        this.structures = structures;
    }

    /** By words alone. */
    public StatementClassifier(int cachedStatements) {
        this(cachedStatements, null);
    }

    public StatementClassifier() {
        this(CACHED_STATEMENTS_DEFAULT);
    }

    public Statement classify(byte[] sql, int offset, int length, LexContext context) {
        lexer.normalise(sql, offset, length, context);
        hints = lexer.hintLength() == 0 ? Hints.NONE : readHints();
        byte[] normal = lexer.normal().bytes();
        int normalLength = lexer.normal().length();
        if (normalLength > StatementCache.KEY_LENGTH_MAX) {
            return judge(Tokens.of(normal, normalLength), context, null);
        }
        int contextKey = contextKey(context);
        long hash = cache.hash(normal, normalLength, contextKey);
        StatementCache.Entry known = cache.get(hash, contextKey, normal, normalLength);
        if (known == null) {
            Statement statement = judge(Tokens.of(normal, normalLength), context, null);
            known = cache.put(hash, contextKey, normal, normalLength, statement);
            if (structures != null) {
                known.awaitStructure();
            }
        }
        StructureKey pending = known.pending;
        if (pending != null && structures != null) {
            refine(known, pending, structures.find(pending), context);
        }
        return known.statement;
    }

    /** What comments in the text classified last say of where it may go; {@link Hints#NONE} itself if nothing. */
    public Hints hints() {
        return hints;
    }

    private Hints readHints() {
        byte[] text = lexer.hints();
        int length = lexer.hintLength();
        if (!Arrays.equals(text, 0, length, knownHintText, 0, knownHintText.length)) {
            knownHints = HintText.read(text, length);
            knownHintText = Arrays.copyOf(text, length);
        }
        return knownHints;
    }

    /** Until the structure is known the verdict on the words holds, and after that the stricter of both. */
    private static void refine(
            StatementCache.Entry entry, StructureKey key, Structures.@Nullable Parsed found, LexContext context) {
        if (found == null) {
            return;
        }
        entry.pending = null;
        if (found.facts() != null) {
            entry.statement = judge(key.tokens(), context, found.facts());
        }
    }

    /** All of the context that matters beyond the normal form. */
    private static int contextKey(LexContext context) {
        int multi = context.multiStatements() ? 1 : 0;
        ServerVersion version = context.version();
        return version == null ? multi : version.number() << 3 | (version.isMariadb() ? 4 : 2) | multi;
    }

    private static Statement judge(Tokens tokens, LexContext context, @Nullable SqlFacts facts) {
        return judge(tokens, context, facts, List.of());
    }

    private static Statement judge(
            Tokens tokens, LexContext context, @Nullable SqlFacts facts, List<StoredCall> trusted) {
        Set<String> names = StoredCall.upperNames(trusted);
        StructureRules structure = facts == null ? null : new StructureRules(facts, names);
        StatementRules rules = new StatementRules(context.version(), structure, names);
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
        if (structure != null) {
            structure.judge(context.version(), findings);
        }
        return findings.has(Trait.CALLS_UNKNOWN_FUNCTION) && facts != null && trusted.isEmpty()
                ? statement(tokens, findings, facts, context.version(), trusting(tokens, context, facts), List.of())
                : statement(tokens, findings, facts, context.version(), null, trusted);
    }

    /** What the statement is if the functions that it calls, and which no server has built in, only read. */
    private static @Nullable Statement trusting(Tokens tokens, LexContext context, SqlFacts facts) {
        List<StoredCall> calls = StoredCall.in(facts, context.version());
        if (calls.isEmpty()) {
            return null;
        }
        Statement trusting = judge(tokens, context, facts, calls);
        return trusting.statementClass() == StatementClass.R && trusting.pin() == null ? trusting : null;
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

    private static Statement statement(
            Tokens tokens,
            Findings findings,
            @Nullable SqlFacts facts,
            @Nullable ServerVersion version,
            @Nullable Statement trusting,
            List<StoredCall> trusted) {
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
                DigestText.shortened(digestText),
                facts,
                trusting,
                trusting == null ? trusted : trusting.storedCalls(),
                TableUse.of(findings, facts, version));
    }
}
