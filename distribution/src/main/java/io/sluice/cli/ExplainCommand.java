// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.core.config.ConfigException;
import io.sluice.core.config.LimitSettings;
import io.sluice.core.config.ServerSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.routing.Explanation;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.Router;
import io.sluice.routing.RoutingSettings;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.rule.RuleMatcher;
import io.sluice.routing.rule.RuleSet;
import io.sluice.routing.rule.RuleSubject;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.ServerVersion;
import io.sluice.routing.topology.Topology;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "explain",
        description =
                "Show where statements would go, and why: in a session without open transaction, with a source and a"
                        + " fresh replica. Asks no server.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice explain \"SELECT * FROM t WHERE id = 1\" \"SELECT 1 FOR UPDATE\"",
            "  sluice explain --format tsv --file statements.sql     (one statement a line; - is standard input)"
        })
final class ExplainCommand implements Callable<Integer> {
    /** How the answer is written. */
    enum Format {
        TEXT,
        TSV,
        JSON
    }

    private static final JsonFactory JSON = new JsonFactory();

    @Parameters(arity = "0..*", paramLabel = "SQL", description = "Statements.")
    private List<String> statements = new ArrayList<>();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "A file with one statement a line; - is standard input.")
    private @Nullable Path file;

    @Option(
            names = "--format",
            defaultValue = "text",
            description =
                    "text; tsv with the columns class, pin, destination, reason, digest, sql; or json, an object a line.")
    private Format format = Format.TEXT;

    @Option(
            names = "--sql-mode",
            paramLabel = "MODES",
            description = "The session's sql_mode, such as ANSI_QUOTES,NO_BACKSLASH_ESCAPES.")
    private String sqlMode = "";

    @Option(
            names = "--server-version",
            paramLabel = "VERSION",
            description = "What VERSION() of the servers says, such as 9.7.4 or 10.11.6-MariaDB; without it, any.")
    private @Nullable String serverVersion;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "A configuration whose rules, hostgroups and limits hold; without it none do.")
    private @Nullable Path config;

    @Option(names = "--user", paramLabel = "NAME", description = "Whose session it is, for rules and limits.")
    private String user = "";

    @Option(names = "--schema", paramLabel = "NAME", description = "The session's default schema, for the same.")
    private @Nullable String schema;

    @Option(
            names = "--multi-statements",
            description = "Semicolons separate statements, as for clients with CLIENT_MULTI_STATEMENTS.")
    private boolean multiStatements;

    @Mixin
    @SuppressWarnings("UnusedVariable") // Picocli acts on it
    private final HelpOption help = new HelpOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by Picocli before call()
    private CommandSpec spec;

    /** Parses at once: nobody waits for an event loop here. */
    private final StatementClassifier classifier = new StatementClassifier(
            StatementClassifier.CACHED_STATEMENTS_DEFAULT,
            new Structures(Runnable::run, Structures.WEIGHT_MAX_DEFAULT));

    private final Router router = new Router(RoutingSettings.DEFAULT, new Random(0));
    private Topology example =
            new Topology(1, List.of(member("source", Role.SOURCE), member("replica", Role.REPLICA)), "");
    private RuleSet rules = new RuleSet(List.of(), Hostgroups.DEFAULT);
    private List<LimitSettings> limits = List.of();

    @Override
    public Integer call() {
        try {
            if (config != null) {
                use(SluiceConfig.load(config, System.getenv()));
            }
        } catch (ConfigException mistakes) {
            return ConfigOption.report(mistakes, spec.commandLine());
        }
        List<String> texts = new ArrayList<>(statements);
        if (file != null) {
            texts.addAll(lines(file));
        }
        if (texts.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "name a statement, or a file of statements with --file");
        }
        PrintWriter out = spec.commandLine().getOut();
        if (format == Format.TSV) {
            out.println("class\tpin\tdestination\treason\tdigest\tsql");
        }
        texts.forEach(text -> explain(text, out));
        return 0;
    }

    private void use(SluiceConfig loaded) {
        rules = new RuleSet(loaded.rules(), loaded.allHostgroups());
        limits = loaded.limits();
        List<Member> members = new ArrayList<>();
        for (ServerSettings server : loaded.servers()) {
            // Which is the source, only the servers know.
            members.add(member(server.address(), members.isEmpty() ? Role.SOURCE : Role.REPLICA));
        }
        if (members.size() > 1) {
            example = new Topology(1, members, "");
        }
    }

    private void explain(String text, PrintWriter out) {
        byte[] sql = text.getBytes(StandardCharsets.UTF_8);
        Statement statement = classifier.classify(sql, 0, sql.length, context());
        RuleSubject subject = new RuleSubject(user, "", "", 0);
        Verdict verdict = new RuleMatcher(rules).of(subject).judge(schema, statement, sql);
        byte[] rewritten = verdict.text();
        if (rewritten != null) {
            statement = classifier.classify(rewritten, 0, rewritten.length, context());
        }
        Direction otherwise =
                verdict.isDirected() ? verdict.direction() : rules.hostgroups().ofUser(user);
        Direction direction = rules.hostgroups().direct(classifier.hints(), otherwise);
        Explanation explanation =
                router.explain(RouteRequest.ofNewSession(statement).directed(direction), example);
        Map<String, String> facts = explanation.facts();
        facts.keySet().removeIf(name -> name.startsWith("server")); // made up
        addConfigured(facts, statement, verdict);
        switch (format) {
            case TSV -> out.println(tsv(explanation, facts.getOrDefault("pin", ""), text));
            case JSON -> out.println(json(facts, text));
            case TEXT -> {
                out.println(text);
                facts.forEach((name, value) -> out.println(String.format("  %-12s %s", name, value)));
            }
        }
    }

    /** What the configuration says of the statement. */
    private void addConfigured(Map<String, String> facts, Statement statement, Verdict verdict) {
        if (!verdict.matched().isEmpty()) {
            facts.put("rules", verdict.toString());
        }
        if (verdict.text() != null) {
            facts.put("rewritten", new String(verdict.text(), StandardCharsets.UTF_8));
        }
        String answer = verdict.error() == null ? verdict.ok() : verdict.error();
        if (answer != null) {
            facts.put("answered", (verdict.error() == null ? "OK: " : "error: ") + answer);
        }
        String matching = limits.stream()
                .filter(limit -> limit.mayMatch(user) && limit.matches(schema, statement.digest()))
                .map(LimitSettings::toString)
                .collect(Collectors.joining("; "));
        if (!matching.isEmpty()) {
            facts.put("limits", matching);
        }
    }

    private static String tsv(Explanation explanation, String pin, String text) {
        return String.join(
                "\t",
                explanation.statement().statementClass().name(),
                pin,
                explanation.destination(),
                explanation.reason(),
                explanation.digest(),
                text.replace('\t', ' ').replace('\n', ' ').replace('\r', ' '));
    }

    private static String json(Map<String, String> facts, String text) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("sql", text);
            for (Map.Entry<String, String> fact : facts.entrySet()) {
                json.writeStringField(fact.getKey(), fact.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // not from a string
        }
        return line.toString();
    }

    /** As of a session with these settings; text on the command line and in files is UTF-8. */
    private LexContext context() {
        LexContext context = LexContext.DEFAULT.withSqlMode(sqlMode).withMultiStatements(multiStatements);
        if (serverVersion == null) {
            return context;
        }
        try {
            return context.withVersion(ServerVersion.parse(serverVersion));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), e.getMessage() + "; write it as VERSION() shows it, such as 8.0.40", e);
        }
    }

    private List<String> lines(Path from) {
        try {
            String text = from.toString().equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(from);
            return text.lines().filter(line -> !line.isBlank()).toList();
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "cannot read the file " + from, e);
        }
    }

    private static Member member(String host, Role role) {
        return member(new BackendAddress(host, 3306), role);
    }

    private static Member member(BackendAddress address, Role role) {
        return new Member(address, 1, role, true, null, "", Duration.ZERO, GtidSet.EMPTY, 0, "");
    }
}
