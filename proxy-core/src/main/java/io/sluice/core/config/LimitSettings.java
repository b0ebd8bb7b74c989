// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many statements may run at once, or in a second. Those that all of user, schema and digest fit are counted; null
 * fits any.
 *
 * @param per what is counted apart from each other; empty: all together
 * @param queriesPerSecond 0 for no limit
 * @param burst how many may run after a pause without regard to the rate
 * @param concurrency how many may run at once; 0 for no limit
 * @param queue how many may wait for their turn
 */
public record LimitSettings(
        String name,
        @Nullable String user,
        @Nullable String schema,
        @Nullable Long digest,
        Set<Distinct> per,
        int queriesPerSecond,
        int burst,
        int concurrency,
        int queue,
        Duration queueTimeout) {
    private static final String ANY = "%";

    /** What tells statements apart that are counted apart. */
    public enum Distinct implements Keyword {
        USER,
        SCHEMA,
        DIGEST;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public LimitSettings {
        Set<Distinct> ordered = EnumSet.noneOf(Distinct.class);
        ordered.addAll(per);
        per = Collections.unmodifiableSet(ordered);
    }

    /** For all statements together, whosoever they are. */
    public static LimitSettings ofAll(String name, int concurrency, int queue, Duration queueTimeout) {
        return new LimitSettings(name, null, null, null, Set.of(), 0, 1, concurrency, queue, queueTimeout);
    }

    static Optional<LimitSettings> read(Section section) {
        Optional<String> name = section.require(
                Key.required("name", "a name", "What errors, metrics and EXPLAIN ROUTE call it."),
                text -> text.isBlank() ? Optional.empty() : Optional.of(text),
                "write a name of its own, such as reports");
        String user = section.get(Key.text("user", ANY, "Whose statements are counted; %: everyone's."));
        String schema = section.get(
                Key.text("schema", ANY, "Statements of sessions with which default schema are counted; %: with any."));
        Optional<Long> digest = section.get(digestKey());
        Set<Distinct> per = section.get(Key.choices(
                "per",
                Set.of(),
                Distinct.class,
                "What is counted apart: each user, schema or digest has the whole limit; none: all share it."));
        int rate = section.get(
                Key.integer("queries_per_second", 0, 0, 1_000_000, "Most statements a second; 0: no limit."));
        int burst = section.get(new Key<>(
                "burst",
                Math.max(1, rate),
                "limits[].queries_per_second",
                "a whole number from 1 to 1000000",
                "Most statements at a stroke after a pause, within queries_per_second.",
                Key.integer("", 1, 1, 1_000_000, "").parse(),
                text -> "write a number without a unit, such as 100"));
        int concurrency =
                section.get(Key.integer("concurrency", 0, 0, 1_000_000, "Most statements at once; 0: no limit."));
        int queue = section.get(Key.integer(
                "queue", 100, 0, 1_000_000, "Most statements that wait for their turn; more fail at once."));
        Duration queueTimeout = section.get(Key.duration(
                "queue_timeout", "1s", "1ms", "1h", "Time a statement waits for its turn before it fails."));
        if (!(section.has("user") || section.has("schema") || section.has("digest") || section.has("per"))) {
            section.problem(
                    "", "says not whose statements it counts", "give user, schema, digest or per; user: \"%\" is all");
        }
        if (rate == 0 && concurrency == 0) {
            section.problem("", "limits nothing", "give queries_per_second or concurrency, above 0");
        }
        return name.map(valid -> new LimitSettings(
                valid,
                given(user),
                given(schema),
                digest.orElse(null),
                per,
                rate,
                burst,
                concurrency,
                queue,
                queueTimeout));
    }

    /** Whether any of this user's statements may match. */
    public boolean mayMatch(String whose) {
        return user == null || user.equals(whose);
    }

    /** Whether a statement matches, of a user whose statements may. */
    public boolean matches(@Nullable String inSchema, long itsDigest) {
        return (schema == null || schema.equals(inSchema)) && (digest == null || digest == itsDigest);
    }

    private static @Nullable String given(String text) {
        return text.equals(ANY) ? null : text;
    }

    private static Key<Optional<Long>> digestKey() {
        return new Key<>(
                "digest",
                Optional.empty(),
                ANY,
                "a digest",
                "Statements with which digest are counted, in hexadecimal as EXPLAIN ROUTE shows it; %: with any.",
                text -> text.equals(ANY)
                        ? Optional.of(Optional.empty())
                        : Key.attempt(() -> Optional.of(Long.parseUnsignedLong(text, 16))),
                text -> "write the 1 to 16 hex digits that EXPLAIN ROUTE shows, or \"%\"");
    }

    /** For people: whose statements, and how many. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        if (concurrency > 0) {
            words.add("at most " + concurrency + " at once");
        }
        if (queriesPerSecond > 0) {
            words.add("at most " + queriesPerSecond + " a second");
        }
        if (user != null) {
            words.add("of user " + user);
        }
        if (schema != null) {
            words.add("of schema " + schema);
        }
        if (digest != null) {
            words.add("of digest " + Long.toHexString(digest));
        }
        per.forEach(distinct -> words.add("per " + distinct.keyword()));
        return name + " (" + String.join(", ", words) + ")";
    }
}
