// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.sluice.routing.rule.RuleSpec.Action;
import io.sluice.routing.sql.Statement;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A rule ready for use. Immutable but for its count of hits, which all event loops share. */
public final class Rule {
    /** No rule makes a text longer than this many bytes. */
    static final int REWRITTEN_MAX = 1 << 20;

    private final RuleSpec spec;
    private final @Nullable Long digest;
    private final @Nullable Pattern matchDigest;
    private final @Nullable Pattern matchPattern;
    private final @Nullable Replacement replacement;
    private final LongAdder hits = new LongAdder();

    private Rule(
            RuleSpec spec,
            @Nullable Long digest,
            @Nullable Pattern matchDigest,
            @Nullable Pattern matchPattern,
            @Nullable Replacement replacement) {
        this.spec = spec;
        this.digest = digest;
        this.matchDigest = matchDigest;
        this.matchPattern = matchPattern;
        this.replacement = replacement;
    }

    /**
     * Reads the patterns of a rule.
     *
     * @throws InvalidRule if one is none, or if the rule could never do anything
     */
    public static Rule of(RuleSpec spec) {
        RuleSpec.Match match = spec.match();
        Action action = spec.action();
        if (action.error() != null && action.ok() != null) {
            throw new InvalidRule("OK_msg", "is given beside error_msg", "keep one of them");
        }
        if (action.unsafe() && action.hostgroup() == null) {
            throw new InvalidRule("unsafe", "is true without a destination_hostgroup", "name one, or remove unsafe");
        }
        if (match.negate() && match.matchDigest() == null && match.matchPattern() == null) {
            throw new InvalidRule(
                    "negate_match_pattern", "is true without a pattern", "give match_digest or match_pattern");
        }
        Pattern ofText = pattern("match_pattern", match.matchPattern(), match.caseless());
        return new Rule(
                spec,
                digest(match.digest()),
                pattern("match_digest", match.matchDigest(), match.caseless()),
                ofText,
                replacement(action, ofText, match.negate()));
    }

    private static @Nullable Replacement replacement(Action action, @Nullable Pattern ofText, boolean negate) {
        if (action.replace() == null) {
            if (action.replacesAll()) {
                throw new InvalidRule("re_modifiers", "are global without a replace_pattern", "give one, or remove it");
            }
            return null;
        }
        if (ofText == null || negate) {
            throw new InvalidRule(
                    "replace_pattern",
                    ofText == null ? "is given without match_pattern" : "is given beside negate_match_pattern",
                    "give the match_pattern that it takes the place of");
        }
        return Replacement.of(ofText, action.replace(), action.replacesAll());
    }

    private static @Nullable Long digest(@Nullable String text) {
        if (text == null) {
            return null;
        }
        try {
            return Long.parseUnsignedLong(text.startsWith("0x") ? text.substring(2) : text, 16);
        } catch (NumberFormatException e) {
            throw new InvalidRule(
                    "digest", "\"" + text + "\" is no digest", "write the 1 to 16 hex digits that EXPLAIN ROUTE shows");
        }
    }

    /** RE2's patterns: what they do not know, such as back references, would not be of linear time. */
    private static @Nullable Pattern pattern(String name, @Nullable String text, boolean caseless) {
        if (text == null) {
            return null;
        }
        try {
            return Pattern.compile(text, caseless ? Pattern.CASE_INSENSITIVE : 0);
        } catch (PatternSyntaxException e) {
            throw new InvalidRule(
                    name,
                    "is no pattern of RE2: " + e.getMessage(),
                    "see github.com/google/re2/wiki/Syntax; look-around and back references do not exist");
        }
    }

    /** Whether what stays the same for all of a session's statements fits. */
    boolean mayMatch(RuleSubject subject) {
        RuleSpec.Match match = spec.match();
        return spec.active()
                && (match.user() == null || match.user().equals(subject.user()))
                && isAddress(match.clientAddress(), subject.clientAddress())
                && isAddress(match.proxyAddress(), subject.proxyAddress())
                && (match.proxyPort() == null || match.proxyPort() == subject.proxyPort());
    }

    /** Whether it fits all sessions. */
    boolean mayMatchAnywhere() {
        RuleSpec.Match match = spec.match();
        return spec.active()
                && match.user() == null
                && match.clientAddress() == null
                && match.proxyAddress() == null
                && match.proxyPort() == null;
    }

    private static boolean isAddress(@Nullable String wanted, String address) {
        if (wanted == null) {
            return true;
        }
        int wildcard = wanted.indexOf('%');
        return wildcard < 0 ? wanted.equals(address) : address.startsWith(wanted.substring(0, wildcard));
    }

    /**
     * Whether the statement fits, of a session that may match.
     *
     * @param text the statement's, null if it is not known: then no pattern is found in it
     */
    boolean matches(int flagIn, @Nullable String schema, Statement statement, byte @Nullable [] text) {
        RuleSpec.Match match = spec.match();
        if (match.flagIn() != flagIn
                || (match.schema() != null && !match.schema().equals(schema))
                || (digest != null && digest != statement.digest())) {
            return false;
        }
        Pattern ofDigest = matchDigest;
        if (ofDigest != null && ofDigest.matcher(statement.digestText()).find() == match.negate()) {
            return false;
        }
        Pattern ofText = matchPattern;
        return ofText == null || (text != null && ofText.matcher(text).find()) != match.negate();
    }

    /** What it makes of a text that it has matched; the same array if it changes none, empty if it makes it too long. */
    byte[] rewrite(byte[] text) {
        return replacement == null ? text : replacement.in(text, REWRITTEN_MAX);
    }

    /** The only digest that it matches; null for any. */
    @Nullable
    Long digest() {
        return digest;
    }

    boolean looksAtText() {
        return matchPattern != null;
    }

    boolean looksAtSchema() {
        return spec.match().schema() != null;
    }

    public RuleSpec spec() {
        return spec;
    }

    public int id() {
        return spec.id();
    }

    void hit() {
        hits.increment();
    }

    /** How many statements it has matched. */
    public long hits() {
        return hits.sum();
    }

    @Override
    public String toString() {
        return spec.comment().isEmpty() ? "rule " + id() : "rule " + id() + " (" + spec.comment() + ")";
    }
}
