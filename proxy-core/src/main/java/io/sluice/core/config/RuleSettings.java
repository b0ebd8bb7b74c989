// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.routing.rule.InvalidRule;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.rule.Treatment;
import io.sluice.routing.rule.Treatment.Multiplex;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a rule, whose keys have the names of the columns of ProxySQL's table mysql_query_rules. */
public final class RuleSettings {
    private static final int ID_MAX = 1_000_000_000;
    private static final int MILLIS_MAX = 86_400_000;
    private static final int DELAY_MAX = 60_000;
    private static final int RETRIES_MAX = 100;

    /** ProxySQL's columns that mean something which Sluice does not do. */
    public static final List<String> UNSUPPORTED = List.of(
            "cache_ttl",
            "cache_empty_result",
            "cache_timeout",
            "reconnect",
            "next_query_flagIN",
            "mirror_flagOUT",
            "mirror_hostgroup",
            "sticky_conn",
            "gtid_from_hostgroup");

    /** How patterns are read. */
    private enum Modifier implements Keyword {
        CASELESS,
        GLOBAL;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private RuleSettings() {}

    /** @param hostgroups the numbers of those that there are */
    static Optional<Rule> read(Section section, Set<Integer> hostgroups) {
        Optional<Integer> id = section.require(
                Key.required(
                        "rule_id",
                        "a whole number from 1 to " + ID_MAX,
                        "Its number; rules are tried in the order of theirs."),
                number(1),
                "write a number of its own");
        boolean active = section.get(bit("active", true, "Whether it is in use."));
        Set<Modifier> modifiers = section.get(Key.choices(
                "re_modifiers",
                Set.of(Modifier.CASELESS),
                Modifier.class,
                "caseless: its patterns take upper and lower case for the same; global: all matches are replaced."));
        RuleSpec.Match match = match(section, modifiers);
        Integer flagOut = section.get(optional(
                "flagOUT",
                "a whole number from 0 to " + ID_MAX,
                "What it sets the flag to when it matches.",
                number(0)));
        RuleSpec.Action action = action(section, hostgroups, modifiers.contains(Modifier.GLOBAL));
        boolean apply = section.get(bit("apply", false, "Whether no further rule is tried once it matches."));
        String comment = section.get(Key.text("comment", "", "A name for people; EXPLAIN ROUTE shows it."));
        for (String column : UNSUPPORTED) {
            section.unsupported(column);
        }
        section.unsupported("attributes");
        if (id.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Rule.of(new RuleSpec(id.get(), active, match, flagOut, action, apply, comment)));
        } catch (InvalidRule e) {
            section.problem(e.key(), "rule " + id.get() + ": " + e.wrong(), e.right());
            return Optional.empty();
        }
    }

    private static RuleSpec.Match match(Section section, Set<Modifier> modifiers) {
        String user = section.get(text("username", "Matches this user's statements."));
        String schema = section.get(text("schemaname", "Matches statements of sessions with this default schema."));
        int flagIn = section.get(Key.integer("flagIN", 0, 0, ID_MAX, "Matches while the flag, 0 at first, is this."));
        String client = section.get(
                text("client_addr", "Matches clients at this address, or at those that begin with what is before %."));
        String address = section.get(text("proxy_addr", "Matches clients that connected to this address of Sluice."));
        Integer port = section.get(optional(
                "proxy_port",
                "a port from 1 to 65535",
                "Matches clients that connected to this port of Sluice.",
                text -> Key.integer("", 1, 1, 65_535, "").parse().apply(text)));
        String digest = section.get(text("digest", "Matches the digest, in hexadecimal as EXPLAIN ROUTE shows it."));
        String matchDigest = section.get(text(
                "match_digest", "A pattern of RE2 that is found in the digest's text (its first 1024 characters)."));
        String matchPattern =
                section.get(text("match_pattern", "A pattern of RE2 that is found in the statement's text."));
        boolean negate =
                section.get(bit("negate_match_pattern", false, "Whether it matches where its patterns are not found."));
        boolean caseless = modifiers.contains(Modifier.CASELESS);
        return new RuleSpec.Match(
                user, schema, flagIn, client, address, port, digest, matchDigest, matchPattern, negate, caseless);
    }

    private static RuleSpec.Action action(Section section, Set<Integer> hostgroups, boolean global) {
        Integer hostgroup = section.get(optional(
                "destination_hostgroup",
                "the id of a hostgroup",
                "Where reads go that it matches.",
                text -> HostgroupSettings.parseId(text).filter(hostgroups::contains)));
        boolean unsafe = section.get(bit(
                "unsafe",
                false,
                "Whether statements that are no certain reads go there, too, such as calls of unknown functions."));
        String error = section.get(text("error_msg", "The client gets this as an error, and no server the statement."));
        String ok = section.get(text("OK_msg", "The client gets this as a success, and no server the statement."));
        String replace = section.get(text(
                "replace_pattern",
                "Takes the place of what match_pattern matches; \\1 to \\9 are its groups, \\0 is all of it."));
        return new RuleSpec.Action(hostgroup, unsafe, error, ok, replace, global, treatment(section));
    }

    private static Treatment treatment(Section section) {
        Integer timeout = section.get(
                number("timeout", 1, MILLIS_MAX, "Milliseconds after which the statement is killed, its delay aside."));
        Integer delay =
                section.get(number("delay", 0, DELAY_MAX, "Milliseconds that the statement is kept before it is run."));
        Integer retries = section.get(number(
                "retries", 0, RETRIES_MAX, "How often a read is sent again whose connection is lost; without it 2."));
        Multiplex multiplex = section.get(optional(
                "multiplex",
                "0, 1 or 2",
                "0: from then on the session keeps its connection to the source; 1: no longer so; 2: as it was.",
                text -> switch (text) {
                    case "0" -> Optional.of(Multiplex.OFF);
                    case "1" -> Optional.of(Multiplex.ON);
                    case "2" -> Optional.of(Multiplex.UNCHANGED);
                    default -> Optional.empty();
                }));
        Boolean log = section.get(optional(
                "log",
                "true or false",
                "Whether the log has a line of each statement, without its literals.",
                text -> bit("", false, "").parse().apply(text)));
        return new Treatment(timeout, delay, retries, multiplex, log);
    }

    private static Key<@Nullable Integer> number(String name, int min, int max, String meaning) {
        return optional(
                name,
                "a whole number from " + min + " to " + max,
                meaning,
                text -> Key.integer("", min, min, max, "").parse().apply(text));
    }

    private static Function<String, Optional<Integer>> number(int least) {
        return text -> Key.integer("", least, least, ID_MAX, "").parse().apply(text);
    }

    /** True and false, or 1 and 0 as ProxySQL has them. */
    private static Key<Boolean> bit(String name, boolean initial, String meaning) {
        return new Key<>(
                name,
                initial,
                Boolean.toString(initial),
                "true or false",
                meaning,
                text -> switch (text) {
                    case "true", "1" -> Optional.of(true);
                    case "false", "0" -> Optional.of(false);
                    default -> Optional.empty();
                },
                text -> "write true or false");
    }

    private static Key<@Nullable String> text(String name, String meaning) {
        return optional(name, "text", meaning, Optional::of);
    }

    @SuppressWarnings("NullAway") // the default of a rule's criterion is that there is none
    private static <T> Key<@Nullable T> optional(
            String name, String allowed, String meaning, Function<String, Optional<T>> parse) {
        return new Key<>(name, null, "none", allowed, meaning, parse, text -> "write " + allowed);
    }
}
