// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.routing.rule.InvalidRule;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a rule, whose keys have the names of the columns of ProxySQL's table mysql_query_rules. */
final class RuleSettings {
    private static final int ID_MAX = 1_000_000_000;

    /** ProxySQL's columns that mean something which Sluice does not do. */
    private static final List<String> UNSUPPORTED = List.of(
            "replace_pattern",
            "cache_ttl",
            "cache_empty_result",
            "cache_timeout",
            "reconnect",
            "timeout",
            "retries",
            "delay",
            "next_query_flagIN",
            "mirror_flagOUT",
            "mirror_hostgroup",
            "sticky_conn",
            "multiplex",
            "gtid_from_hostgroup",
            "log",
            "attributes");

    /** How patterns are read. */
    private enum Modifier implements Keyword {
        CASELESS;

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
        RuleSpec.Match match = match(section);
        Integer flagOut = section.get(optional(
                "flagOUT",
                "a whole number from 0 to " + ID_MAX,
                "What it sets the flag to when it matches.",
                number(0)));
        RuleSpec.Action action = action(section, hostgroups);
        boolean apply = section.get(bit("apply", false, "Whether no further rule is tried once it matches."));
        String comment = section.get(Key.text("comment", "", "A name for people; EXPLAIN ROUTE shows it."));
        for (String column : UNSUPPORTED) {
            section.unsupported(column);
        }
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

    private static RuleSpec.Match match(Section section) {
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
        boolean caseless = !section.get(Key.choices(
                        "re_modifiers", Set.of(Modifier.CASELESS), Modifier.class, "How its patterns are read."))
                .isEmpty();
        return new RuleSpec.Match(
                user, schema, flagIn, client, address, port, digest, matchDigest, matchPattern, negate, caseless);
    }

    private static RuleSpec.Action action(Section section, Set<Integer> hostgroups) {
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
        return new RuleSpec.Action(hostgroup, unsafe, error, ok);
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
