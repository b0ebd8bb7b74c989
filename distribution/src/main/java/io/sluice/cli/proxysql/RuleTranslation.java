// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli.proxysql;

import io.sluice.cli.proxysql.Origin.Row;
import io.sluice.core.config.ConfigItem;
import io.sluice.core.config.RuleSettings;
import io.sluice.routing.rule.InvalidRule;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.rule.Treatment;
import io.sluice.routing.rule.Treatment.Multiplex;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of mysql_query_rules: a rule that would mean something else is left out, and noted. */
final class RuleTranslation {
    private final StringBuilder yaml;
    private final List<String> notes;
    private final Set<Integer> hostgroups;
    private final Set<Integer> ids = new HashSet<>();

    /** @param hostgroups that there are */
    RuleTranslation(StringBuilder yaml, List<String> notes, Set<Integer> hostgroups) {
        this.yaml = yaml;
        this.notes = notes;
        this.hostgroups = hostgroups;
    }

    void run(List<Row> rows) {
        yaml.append("rules:\n");
        for (Row row : rows) {
            try {
                RuleSpec spec = spec(row);
                Rule.of(spec);
                if (isWanted(row, spec)) {
                    write(spec);
                }
            } catch (InvalidRule e) {
                leaveOut(row, e.key() + " " + e.wrong(), e.right());
            }
        }
    }

    private boolean isWanted(Row row, RuleSpec spec) {
        Integer hostgroup = spec.action().hostgroup();
        if (spec.id() < 1 || !ids.add(spec.id())) {
            leaveOut(row, "rule_id is none, or was there", "give it one");
            return false;
        }
        if (hostgroup != null && !hostgroups.contains(hostgroup)) {
            leaveOut(row, "destination_hostgroup " + hostgroup + " has no server", "list the hostgroup");
            return false;
        }
        if (spec.match().digest() != null) {
            leaveOut(row, "digest is ProxySQL's number", "Sluice's own is what EXPLAIN ROUTE shows for the statement");
            return false;
        }
        for (String column : RuleSettings.UNSUPPORTED) {
            if (row.text(column) != null) {
                note(row, column + " is not supported, the rest of the rule is", "nothing is done in its place");
            }
        }
        if (!row.text("attributes", "").isEmpty()) {
            note(row, "attributes are not read, the rest of the rule is", "unsafe: true is the only one there is");
        }
        return true;
    }

    private static RuleSpec spec(Row row) {
        String modifiers = row.text("re_modifiers", "CASELESS").toUpperCase(Locale.ROOT);
        RuleSpec.Match match = new RuleSpec.Match(
                row.text("username"),
                row.text("schemaname"),
                Math.max(0, Translation.number(row.text("flagin", "0"))),
                row.text("client_addr"),
                row.text("proxy_addr"),
                number(row, "proxy_port"),
                row.text("digest") == null ? null : "0",
                row.text("match_digest"),
                row.text("match_pattern"),
                row.is("negate_match_pattern", false),
                modifiers.contains("CASELESS"));
        Integer multiplex = number(row, "multiplex");
        Treatment treatment = new Treatment(
                positive(row, "timeout"),
                positive(row, "delay"),
                number(row, "retries"),
                multiplex == null || multiplex > 2
                        ? null
                        : List.of(Multiplex.OFF, Multiplex.ON, Multiplex.UNCHANGED)
                                .get(multiplex),
                row.text("log") == null ? null : row.is("log", false));
        String replace = row.text("replace_pattern");
        RuleSpec.Action action = new RuleSpec.Action(
                number(row, "destination_hostgroup"),
                false,
                row.text("error_msg"),
                row.text("ok_msg"),
                replace,
                replace != null && modifiers.contains("GLOBAL"),
                treatment);
        return new RuleSpec(
                Translation.number(row.text("rule_id", "0")),
                row.is("active", false),
                match,
                number(row, "flagout"),
                action,
                row.is("apply", false),
                row.text("comment", ""));
    }

    private static @Nullable Integer number(Row row, String column) {
        String text = row.text(column);
        int number = text == null ? -1 : Translation.number(text);
        return number < 0 ? null : number;
    }

    private static @Nullable Integer positive(Row row, String column) {
        Integer number = number(row, column);
        return number == null || number == 0 ? null : number;
    }

    private void write(RuleSpec spec) {
        String lead = "  - ";
        for (var entry : ConfigItem.of(spec).values().entrySet()) {
            yaml.append(lead)
                    .append(entry.getKey())
                    .append(": ")
                    .append(entry.getValue())
                    .append('\n');
            lead = "    ";
        }
    }

    private void leaveOut(Row row, String wrong, String right) {
        note(row, "is left out: " + wrong, right);
    }

    private void note(Row row, String wrong, String right) {
        notes.add("line " + row.line() + ": mysql_query_rules: rule " + row.text("rule_id", "") + ": " + wrong + "; "
                + right);
    }
}
