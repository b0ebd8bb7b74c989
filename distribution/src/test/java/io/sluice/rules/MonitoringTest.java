// SPDX-License-Identifier: Apache-2.0
package io.sluice.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds alerts, dashboard and their page against each other; MetricsIT holds the page against a running Sluice. */
final class MonitoringTest {
    private static final Path CONF = Path.of("../conf");
    private static final Pattern METRIC = Pattern.compile("\\bsluice_[a-z_]+");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(sluice_[a-z_]+)` \\| (\\w+) \\|");
    private static final Pattern ALERT =
            Pattern.compile("- alert: (\\w+)(?:(?!- alert:).)*?runbook_url: (\\S+)", Pattern.DOTALL);

    @Test
    void alerts_name_documented_metrics_only() throws IOException {
        assertThat(metrics("prometheus-alerts.yml")).isNotEmpty().isSubsetOf(documented());
    }

    @Test
    void the_dashboard_names_documented_metrics_only_and_most_of_them() throws IOException {
        Set<String> shown = metrics("grafana-dashboard.json");
        assertThat(shown).isSubsetOf(documented()).hasSizeGreaterThan(25);
    }

    @Test
    void each_alert_has_its_section_and_each_section_its_alert() throws IOException {
        String rules = Files.readString(CONF.resolve("prometheus-alerts.yml"));
        Set<String> alerts = new TreeSet<>();
        for (Matcher alert = ALERT.matcher(rules); alert.find(); ) {
            alerts.add(alert.group(1));
            assertThat(alert.group(2))
                    .isEqualTo("monitoring.md#" + alert.group(1).toLowerCase(Locale.ROOT));
        }
        assertThat(alerts).hasSize(rules.split("- alert:", -1).length - 1);
        Set<String> sections = new TreeSet<>();
        for (Matcher section = Pattern.compile("(?m)^### (\\w+)$").matcher(page()); section.find(); ) {
            sections.add(section.group(1));
        }
        assertThat(sections).isEqualTo(alerts);
    }

    /** The names in a file, those of parts of histograms as those of the whole. */
    private static Set<String> metrics(String file) throws IOException {
        Set<String> names = new TreeSet<>();
        String page = page();
        for (Matcher name = METRIC.matcher(Files.readString(CONF.resolve(file))); name.find(); ) {
            String whole = name.group().replaceFirst("_(bucket|count|sum)$", "");
            names.add(page.contains("| `" + whole + "` | histogram |") ? whole : name.group());
        }
        return names;
    }

    private static Set<String> documented() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Matcher name = DOCUMENTED.matcher(page()); name.find(); ) {
            names.add(name.group(1));
        }
        return names;
    }

    private static String page() throws IOException {
        return Files.readString(CONF.resolve("monitoring.md"));
    }
}
