// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running Sluice shows to Prometheus, held against the page, the alerts and the dashboard that it is shipped with. */
class MetricsIT {
    private static final Path CONF = SluiceProcess.distribution().resolve("conf");
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\w+) (\\w+)$");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(sluice_\\w+)` \\| (\\w+) \\|([^|]*)\\|");
    private static final Pattern EXPRESSION = Pattern.compile("\"expr\": \"((?:[^\"\\\\]|\\\\.)*)\"");

    /** A line with a sample: what it is of and its value, and what follows them. */
    private static final Pattern SAMPLE = Pattern.compile("^(\\w+(?:\\{[^}]*})? \\S+)(.*)$");

    private static SluiceProcess sluice;
    private static Path home;
    private static String scrape;
    private static String openMetrics;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        SluiceSettings settings = Lab.settings(Lab.topology());
        settings.set("rules", List.of(Map.of("rule_id", 1, "match_digest", "nothing")));
        settings.set("limits", List.of(Map.of("name", "some", "user", "nobody", "concurrency", 5)));
        settings.set("http.max_users", 1);
        settings.set("log.queries.file", "queries.jsonl");
        settings.set("log.queries.one_in", 1);
        settings.set("log.clients.file", "clients.jsonl");
        settings.set("tracing.endpoint", "http://127.0.0.1:1/nobody");
        settings.set("tracing.one_in", 1);
        home = Lab.newHome("sluice");
        sluice = SluiceProcess.start(settings, home);
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT 1");
            statement.execute("DO 1");
        }
        scrape = sluice.http("/metrics").body();
        openMetrics = sluice.http("/metrics", "application/openmetrics-text").body();
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void the_page_lists_every_metric_with_its_type_and_labels() throws IOException {
        Map<String, String> shown = new TreeMap<>();
        for (Matcher type = TYPE.matcher(scrape); type.find(); ) {
            shown.put(type.group(1), type.group(2) + labels(type.group(1)));
        }
        Map<String, String> documented = new TreeMap<>();
        for (Matcher row = DOCUMENTED.matcher(Files.readString(CONF.resolve("monitoring.md"))); row.find(); ) {
            List<String> labels = Pattern.compile("\\w+")
                    .matcher(row.group(3))
                    .results()
                    .map(found -> found.group())
                    .sorted()
                    .toList();
            documented.put(row.group(1), row.group(2) + labels);
        }
        assertThat(shown).isEqualTo(documented);
    }

    /** Of the first sample, but for the limits of buckets. */
    private static List<String> labels(String metric) {
        Matcher sample =
                Pattern.compile("(?m)^" + metric + "(?:_bucket)?(?:\\{(.*)})? ").matcher(scrape);
        assertThat(sample.find()).as(metric).isTrue();
        String labels = sample.group(1) == null ? "" : sample.group(1);
        return Pattern.compile("(\\w+)=\"")
                .matcher(labels)
                .results()
                .map(found -> found.group(1))
                .filter(label -> !label.equals("le"))
                .sorted()
                .toList();
    }

    @Test
    void users_are_told_apart_up_to_the_limit() {
        assertThat(scrape).contains("user=\"app\"");
        assertThat(sluice.metric("sluice_query_duration_seconds_count", "user=\"app\"", "hostgroup="))
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void statements_and_logins_are_in_files_without_literals() {
        assertThatThrownBy(() -> Lab.of(sluice).connectAs("app", "wrong", "")).isInstanceOf(SQLException.class);
        awaitLine("queries.jsonl", "\"why\":\"sample\"");
        awaitLine("queries.jsonl", "\"sql\":\"SELECT ?\"");
        awaitLine("clients.jsonl", "\"event\":\"login\"");
        awaitLine("clients.jsonl", "\"event\":\"refused\",\"user\":\"app\"");
    }

    private static void awaitLine(String name, String part) {
        Await.until(
                name + " has " + part,
                Duration.ofSeconds(10),
                () -> Files.readString(home.resolve(name)).contains(part));
    }

    @Test
    void open_metrics_are_the_same_with_exemplars() throws Exception {
        assertThat(names(openMetrics)).isEqualTo(names(scrape));
        assertThat(scrape).doesNotContain("trace_id");
        assertThat(openMetrics)
                .containsPattern("_bucket\\{.*} \\d+ # \\{span_id=\"\\w{16}\",trace_id=\"\\w{32}\"} [0-9.]+ ");
        // What makes blocks of samples reads them as a server of Prometheus does, but wants to know when they were.
        StringBuilder dated = new StringBuilder();
        openMetrics
                .lines()
                .forEach(line -> dated.append(SAMPLE.matcher(line).replaceFirst("$1 1700000000$2"))
                        .append('\n'));
        Path file = Files.writeString(directory.resolve("dated"), dated);
        Path blocks = directory.resolve("blocks");
        assertThat(run(promtool(), "", "tsdb", "create-blocks-from", "openmetrics", file.toString(), blocks.toString()))
                .contains("SAMPLES");
    }

    /** Of all samples, with their labels. */
    private static Set<String> names(String text) {
        return text.lines()
                .map(SAMPLE::matcher)
                .filter(Matcher::find)
                .map(found -> found.group(1).substring(0, found.group(1).lastIndexOf(' ')))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Path promtool() {
        String cache = System.getenv().getOrDefault("SLUICE_CACHE", System.getProperty("user.home") + "/.cache/sluice");
        Path promtool = Path.of(cache, "promtool");
        assumeTrue(Files.isExecutable(promtool), "no promtool: bin/verify fetches it");
        return promtool;
    }

    @Test
    void promtool_is_content_with_scrape_alerts_and_dashboard() throws Exception {
        Path promtool = promtool();
        assertThat(run(promtool, scrape, "check", "metrics")).isEmpty();
        assertThat(run(
                        promtool,
                        "",
                        "check",
                        "rules",
                        CONF.resolve("prometheus-alerts.yml").toString()))
                .contains("SUCCESS");
        StringBuilder rules = new StringBuilder("groups: [{name: dashboard, rules: [\n");
        Matcher expression = EXPRESSION.matcher(Files.readString(CONF.resolve("grafana-dashboard.json")));
        for (int i = 0; expression.find(); i++) {
            String asked = expression.group(1).replace("$__rate_interval", "1m");
            rules.append("{record: \"shown:" + i + "\", expr: \"" + asked + "\"},\n");
        }
        Path file = Files.writeString(directory.resolve("dashboard.yml"), rules.append("]}]\n"));
        assertThat(run(promtool, "", "check", "rules", file.toString())).contains("SUCCESS");
    }

    /** Returns all that it says; fails if it says no. */
    private String run(Path promtool, String input, String... arguments) throws Exception {
        Path in = Files.writeString(directory.resolve("in"), input);
        List<String> command = new ArrayList<>(List.of(promtool.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(in.toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
