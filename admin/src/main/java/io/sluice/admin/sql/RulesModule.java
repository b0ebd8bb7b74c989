// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.RuleSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.rule.InvalidRule;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.rule.RuleSpec.Action;
import io.sluice.routing.rule.RuleSpec.Match;
import io.sluice.routing.rule.Treatment;
import io.sluice.routing.rule.Treatment.Multiplex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** MYSQL QUERY RULES. */
final class RulesModule implements ConfigModule {
    private static final String UNSAFE = "{\"unsafe\":true}";
    private static final String CASELESS = "CASELESS";
    private static final String GLOBAL = "GLOBAL";

    /** By the number that the column has. */
    private static final List<Multiplex> MULTIPLEX = List.of(Multiplex.OFF, Multiplex.ON, Multiplex.UNCHANGED);

    private final Sight sight;

    RulesModule(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String words() {
        return "MYSQL QUERY RULES";
    }

    @Override
    public String table() {
        return "mysql_query_rules";
    }

    @Override
    public List<String> keys() {
        return List.of("rule_id");
    }

    @Override
    public String columns() {
        return "rule_id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL CHECK (rule_id BETWEEN 1 AND 1000000000),"
                + " active INT CHECK (active IN (0, 1)) NOT NULL DEFAULT 0, username VARCHAR, schemaname VARCHAR,"
                + " flagIN INT CHECK (flagIN >= 0) NOT NULL DEFAULT 0, client_addr VARCHAR, proxy_addr VARCHAR,"
                + " proxy_port INT CHECK (proxy_port BETWEEN 1 AND 65535), digest VARCHAR, match_digest VARCHAR,"
                + " match_pattern VARCHAR, negate_match_pattern INT CHECK (negate_match_pattern IN (0, 1)) NOT NULL"
                + " DEFAULT 0, re_modifiers VARCHAR DEFAULT 'CASELESS', flagOUT INT CHECK (flagOUT >= 0),"
                + " replace_pattern VARCHAR CHECK (replace_pattern IS NULL OR match_pattern IS NOT NULL),"
                + " destination_hostgroup INT DEFAULT NULL, cache_ttl INT, cache_empty_result INT, cache_timeout INT,"
                + " reconnect INT, timeout INT CHECK (timeout BETWEEN 1 AND 86400000),"
                + " retries INT CHECK (retries BETWEEN 0 AND 100), delay INT CHECK (delay BETWEEN 0 AND 60000),"
                + " next_query_flagIN INT, mirror_flagOUT INT, mirror_hostgroup INT, error_msg VARCHAR, OK_msg VARCHAR,"
                + " sticky_conn INT, multiplex INT CHECK (multiplex IN (0, 1, 2)), gtid_from_hostgroup INT,"
                + " log INT CHECK (log IN (0, 1)), apply INT CHECK (apply IN (0, 1)) NOT NULL DEFAULT 0,"
                + " attributes VARCHAR CHECK (attributes IN ('', '" + UNSAFE + "')) NOT NULL DEFAULT '',"
                + " comment VARCHAR";
    }

    @Override
    public List<@Nullable Object[]> ofFile(SluiceConfig file) {
        return rows(file.rules());
    }

    @Override
    public List<@Nullable Object[]> ofRuntime() {
        return rows(sight.rules().rules());
    }

    private static List<@Nullable Object[]> rows(List<Rule> rules) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        rules.forEach(rule -> rows.add(row(rule.spec())));
        return rows;
    }

    private static @Nullable Object[] row(RuleSpec spec) {
        Match match = spec.match();
        Action action = spec.action();
        Treatment treatment = action.treatment();
        Multiplex multiplex = treatment.multiplex();
        Set<String> modifiers = new TreeSet<>();
        if (match.caseless()) {
            modifiers.add(CASELESS);
        }
        if (action.replacesAll()) {
            modifiers.add(GLOBAL);
        }
        return new @Nullable Object[] {
            spec.id(),
            bit(spec.active()),
            match.user(),
            match.schema(),
            match.flagIn(),
            match.clientAddress(),
            match.proxyAddress(),
            match.proxyPort(),
            match.digest(),
            match.matchDigest(),
            match.matchPattern(),
            bit(match.negate()),
            String.join(",", modifiers),
            spec.flagOut(),
            action.replace(),
            action.hostgroup(),
            null,
            null,
            null,
            null,
            treatment.timeoutMillis(),
            treatment.retries(),
            treatment.delayMillis(),
            null,
            null,
            null,
            action.error(),
            action.ok(),
            null,
            multiplex == null ? null : MULTIPLEX.indexOf(multiplex),
            null,
            treatment.log() == null ? null : bit(treatment.logs()),
            bit(spec.apply()),
            action.unsafe() ? UNSAFE : "",
            spec.comment()
        };
    }

    private static int bit(boolean value) {
        return value ? 1 : 0;
    }

    @Override
    public List<String> problems(List<ConfigRow> rows) {
        List<String> problems = new ArrayList<>();
        for (RuleSpec spec : specs(rows, problems)) {
            try {
                Rule unused = Rule.of(spec);
            } catch (InvalidRule e) {
                problems.add("rule " + spec.id() + ": " + e.getMessage());
            }
        }
        return problems;
    }

    private static List<RuleSpec> specs(List<ConfigRow> rows, List<String> problems) {
        List<RuleSpec> specs = new ArrayList<>();
        for (ConfigRow row : rows) {
            List<String> ofRow = new ArrayList<>();
            specs.add(spec(row, ofRow));
            ofRow.forEach(problem -> problems.add("rule " + row.text("rule_id") + ": " + problem));
        }
        return specs;
    }

    @Override
    public void toRuntime(List<ConfigRow> rows) throws SqlRefused {
        List<String> problems = new ArrayList<>();
        List<RuleSpec> specs = specs(rows, problems);
        if (!problems.isEmpty()) {
            throw SqlRefused.notLoaded(problems);
        }
        try {
            sight.rules().replace(specs);
        } catch (Refused refused) {
            throw SqlRefused.of("nothing was loaded: " + refused.getMessage());
        }
    }

    private static RuleSpec spec(ConfigRow row, List<String> problems) {
        for (String column : RuleSettings.UNSUPPORTED) {
            if (row.text(column) != null) {
                problems.add(column + " is not supported; set it to NULL, nothing is done in its place");
            }
        }
        Set<String> modifiers = modifiers(row.text("re_modifiers"), problems);
        Match match = new Match(
                row.text("username"),
                row.text("schemaname"),
                row.number("flagIN", problems),
                row.text("client_addr"),
                row.text("proxy_addr"),
                row.integer("proxy_port", problems),
                row.text("digest"),
                row.text("match_digest"),
                row.text("match_pattern"),
                row.number("negate_match_pattern", problems) == 1,
                modifiers.contains(CASELESS));
        Action action = new Action(
                row.integer("destination_hostgroup", problems),
                row.required("attributes").equals(UNSAFE),
                row.text("error_msg"),
                row.text("OK_msg"),
                row.text("replace_pattern"),
                modifiers.contains(GLOBAL),
                treatment(row, problems));
        String comment = row.text("comment");
        return new RuleSpec(
                row.number("rule_id", problems),
                row.number("active", problems) == 1,
                match,
                row.integer("flagOUT", problems),
                action,
                row.number("apply", problems) == 1,
                comment == null ? "" : comment);
    }

    private static Set<String> modifiers(@Nullable String text, List<String> problems) {
        Set<String> modifiers = new TreeSet<>();
        if (text != null && !text.isBlank()) {
            Arrays.stream(text.split(",", -1))
                    .map(word -> word.trim().toUpperCase(Locale.ROOT))
                    .forEach(modifiers::add);
        }
        if (!List.of(CASELESS, GLOBAL).containsAll(modifiers)) {
            problems.add("re_modifiers is '" + text + "', write CASELESS, GLOBAL, both with a comma, or nothing");
        }
        return modifiers;
    }

    private static Treatment treatment(ConfigRow row, List<String> problems) {
        Integer multiplex = row.integer("multiplex", problems);
        Integer log = row.integer("log", problems);
        return new Treatment(
                row.integer("timeout", problems),
                row.integer("delay", problems),
                row.integer("retries", problems),
                multiplex == null ? null : MULTIPLEX.get(multiplex),
                log == null ? null : log == 1);
    }
}
