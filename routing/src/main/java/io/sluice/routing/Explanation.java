// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.parse.SqlFacts;
import io.sluice.routing.topology.Member;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A decision and all that led to it, for people and tools: what EXPLAIN ROUTE and {@code sluice explain} show.
 *
 * @param direction what hints said, and whether they were heeded; empty if there were none
 * @param candidates every server, as a read of this session would find it
 */
public record Explanation(Statement statement, Decision decision, String direction, List<Candidate> candidates) {
    /** A server and whether it may serve a read. */
    public record Candidate(Member member, Eligibility eligibility) {
        @Override
        public String toString() {
            String role = words(member.role());
            String lag = member.lag() == null ? "" : ", " + member.lag().toMillis() + " ms behind";
            String note = member.note().isEmpty() ? "" : " (" + member.note() + ")";
            return role + lag + ": " + eligibility.meaning() + note;
        }
    }

    public Explanation {
        candidates = List.copyOf(candidates);
    }

    /** source, replica, held or rejected. */
    public String destination() {
        if (decision instanceof Decision.Forward forward) {
            return words(forward.destination());
        }
        return decision instanceof Decision.Hold ? "held" : "rejected";
    }

    /** Why there, and the words of the statement that forced it. */
    public String reason() {
        String reason = "";
        if (decision instanceof Decision.Forward forward) {
            reason = words(forward.reason());
        } else if (decision instanceof Decision.Hold hold) {
            reason = words(hold.reason());
        } else if (decision instanceof Decision.Reject reject) {
            reason = words(reject.refusal());
        }
        return statement.reason().isEmpty() ? reason : reason + ": " + statement.reason();
    }

    /** The statement's digest as it is shown everywhere. */
    public String digest() {
        return Long.toHexString(statement.digest());
    }

    /** All of it by name, in the order to show it; without what there is none of. */
    public Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("class", statement.statementClass().name());
        facts.put("destination", destination());
        if (decision instanceof Decision.Forward forward) {
            facts.put("server", forward.backend().toString());
        }
        facts.put("reason", reason());
        put(facts, "directed", direction);
        put(facts, "pin", statement.pin() == null ? null : statement.pin().name());
        facts.put("digest", digest());
        facts.put("digest_text", statement.digestText());
        SqlFacts structure = statement.facts();
        if (structure == null) {
            facts.put("structure", "not parsed, or not understood");
        } else {
            put(facts, "reads", names(structure.tablesRead()));
            put(facts, "writes", names(structure.tablesWritten()));
            put(facts, "calls", names(structure.functions()));
            put(facts, "variables", names(structure.userVariables()));
            put(facts, "sets", names(structure.userVariablesAssigned()));
        }
        candidates.forEach(candidate -> facts.put("server " + candidate.member().address(), candidate.toString()));
        return facts;
    }

    private static void put(Map<String, String> facts, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            facts.put(name, value);
        }
    }

    private static String names(Collection<?> names) {
        return names.stream().map(Object::toString).sorted().collect(Collectors.joining(" "));
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
