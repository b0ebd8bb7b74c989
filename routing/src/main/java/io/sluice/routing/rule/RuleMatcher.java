// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.sql.Statement;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks a {@link RuleSet} on behalf of one event loop, and remembers its verdicts. Sessions to which the same rules may
 * apply share them; where no rule had to look at the text, a statement seen before costs a look-up and no allocation.
 * Not thread-safe.
 */
public final class RuleMatcher {
    /** With more verdicts than this, all are forgotten: statements beyond the classifier's cache are new objects. */
    private static final int VERDICTS_MAX = 4096;

    /** With more subjects than this, all are forgotten. */
    private static final int SUBJECTS_MAX = 4096;

    /** For sessions to which no rule applies. */
    private static final String NO_SCHEMA = "";

    private final RuleSet set;
    /** By the rules that they have besides those of every session. */
    private final Map<List<Rule>, OfSession> known = new HashMap<>();
    /** Most sessions are like others. */
    private final Map<RuleSubject, OfSession> bySubject = new HashMap<>();

    public RuleMatcher(RuleSet set) {
        this.set = set;
    }

    /** Those that the rules name. */
    public Hostgroups hostgroups() {
        return set.hostgroups();
    }

    /** The rules for a session; it keeps this. */
    public OfSession of(RuleSubject subject) {
        OfSession same = bySubject.get(subject);
        if (same == null) {
            same = known.computeIfAbsent(set.besides(subject), besides -> new OfSession(set.with(besides)));
            if (bySubject.size() >= SUBJECTS_MAX) {
                bySubject.clear();
            }
            bySubject.put(subject, same);
        }
        return same;
    }

    /** The rules that may apply to a session, or to several. */
    public final class OfSession {
        private final RuleIndex rules;
        private final Map<String, Map<Statement, Verdict>> verdicts = new HashMap<>();
        private int size;

        private OfSession(RuleIndex rules) {
            this.rules = rules;
        }

        /** Whether there is none: then nothing needs to be asked. */
        public boolean isEmpty() {
            return rules.isEmpty();
        }

        /** Whether {@link #judge} needs the statement's text. */
        public boolean looksAtText() {
            return rules.looksAtText();
        }

        /**
         * What the rules want of a statement.
         *
         * @param schema the session's default schema
         * @param text null if it is not known, or if {@link #looksAtText} says that it does not matter
         */
        public Verdict judge(@Nullable String schema, Statement statement, byte @Nullable [] text) {
            if (rules.isEmpty()) {
                return Verdict.NONE;
            }
            String key = rules.looksAtSchema() && schema != null ? schema : NO_SCHEMA;
            Map<Statement, Verdict> ofSchema = verdicts.get(key);
            Verdict verdict = ofSchema == null ? null : ofSchema.get(statement);
            if (verdict == null) {
                RuleSet.Judgement judgement = set.judge(rules, schema, statement, text);
                verdict = judgement.verdict();
                if (!judgement.byText()) {
                    remember(key, statement, verdict);
                }
            }
            return verdict;
        }

        private void remember(String schema, Statement statement, Verdict verdict) {
            if (size >= VERDICTS_MAX) {
                verdicts.clear();
                size = 0;
            }
            verdicts.computeIfAbsent(schema, unseen -> new IdentityHashMap<>()).put(statement, verdict);
            size++;
        }
    }
}
