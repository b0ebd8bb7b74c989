// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import org.jspecify.annotations.Nullable;

/**
 * A rule as it is written; null where it says nothing.
 *
 * @param id the order of the rules
 * @param match what a statement must be for the rule to match it
 * @param flagOut the {@code flagIN} that later rules must have to be looked at
 * @param action what becomes of the statement
 * @param apply whether no further rule is looked at after this one
 */
public record RuleSpec(
        int id, boolean active, Match match, @Nullable Integer flagOut, Action action, boolean apply, String comment) {

    /**
     * All that is given must fit.
     *
     * @param flagIn the {@code flagOUT} of the rule that matched last, 0 before any has
     * @param clientAddress an address, or the beginning of one before a {@code %}
     * @param digest hexadecimal, as EXPLAIN ROUTE shows it
     * @param matchDigest found in the digest's text
     * @param matchPattern found in the statement's text, literals and comments included
     * @param negate whether the patterns must not be found instead
     */
    public record Match(
            @Nullable String user,
            @Nullable String schema,
            int flagIn,
            @Nullable String clientAddress,
            @Nullable String proxyAddress,
            @Nullable Integer proxyPort,
            @Nullable String digest,
            @Nullable String matchDigest,
            @Nullable String matchPattern,
            boolean negate,
            boolean caseless) {
        /** Anything. */
        public static final Match ALL = new Match(null, null, 0, null, null, null, null, null, null, false, true);
    }

    /**
     * What is null is left to other rules that match.
     *
     * @param hostgroup where reads go
     * @param unsafe whether calls of unknown functions and other statements that Sluice would not take for reads go
     *     there as well
     * @param error what the client is told in place of an answer
     * @param ok the same as a success
     * @param replace takes the place of what {@code matchPattern} matches
     * @param replacesAll whether it takes the place of all its matches, not only of the first
     */
    public record Action(
            @Nullable Integer hostgroup,
            boolean unsafe,
            @Nullable String error,
            @Nullable String ok,
            @Nullable String replace,
            boolean replacesAll,
            Treatment treatment) {
        public static final Action NONE = new Action(null, false, null, null);

        /** One that changes no text. */
        public Action(@Nullable Integer hostgroup, boolean unsafe, @Nullable String error, @Nullable String ok) {
            this(hostgroup, unsafe, error, ok, null, false, Treatment.NONE);
        }
    }
}
