// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.routing.Decision;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.Router;
import io.sluice.routing.RoutingSettings;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.sql.parse.SqlFacts;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
        TSV
    }

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
            description = "text, or tsv with the columns class, pin, destination, reason, digest, sql.")
    private Format format = Format.TEXT;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // Picocli acts on it
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by Picocli before call()
    private CommandSpec spec;

    /** Parses at once: nobody waits for an event loop here. */
    private final StatementClassifier classifier = new StatementClassifier(
            StatementClassifier.CACHED_STATEMENTS_DEFAULT,
            new Structures(Runnable::run, Structures.WEIGHT_MAX_DEFAULT));

    private final Router router = new Router(RoutingSettings.DEFAULT, new Random(0));
    private final Topology example =
            new Topology(1, List.of(member("source", Role.SOURCE), member("replica", Role.REPLICA)), "");

    @Override
    public Integer call() {
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

    private void explain(String text, PrintWriter out) {
        byte[] sql = text.getBytes(StandardCharsets.UTF_8);
        Statement statement = classifier.classify(sql, 0, sql.length, LexContext.DEFAULT);
        Decision decision = router.route(
                new RouteRequest(statement, false, true, false, null, GtidSet.EMPTY, 0, false, 0), example);
        String pin = statement.pin() == null ? "" : statement.pin().name();
        String digest = Long.toHexString(statement.digest());
        if (format == Format.TSV) {
            String line = text.replace('\t', ' ').replace('\n', ' ').replace('\r', ' ');
            out.println(String.join(
                    "\t",
                    statement.statementClass().name(),
                    pin,
                    destination(decision),
                    reason(statement, decision),
                    digest,
                    line));
            return;
        }
        out.println(text);
        out.println("  class        " + statement.statementClass());
        out.println("  destination  " + destination(decision));
        out.println("  reason       " + reason(statement, decision));
        if (!pin.isEmpty()) {
            out.println("  pin          " + pin);
        }
        out.println("  digest       " + digest);
        SqlFacts facts = statement.facts();
        if (facts == null) {
            out.println("  structure    not understood");
            return;
        }
        print("reads", facts.tablesRead(), out);
        print("writes", facts.tablesWritten(), out);
        print("calls", facts.functions(), out);
        print("variables", facts.userVariables(), out);
        print("sets", facts.userVariablesAssigned(), out);
    }

    private static void print(String label, Collection<?> names, PrintWriter out) {
        if (!names.isEmpty()) {
            String sorted = names.stream().map(Object::toString).sorted().collect(Collectors.joining(" "));
            out.println(String.format("  %-12s %s", label, sorted));
        }
    }

    private static String destination(Decision decision) {
        if (decision instanceof Decision.Forward forward) {
            return words(forward.destination());
        } else if (decision instanceof Decision.Hold) {
            return "held";
        } else if (decision instanceof Decision.Reject) {
            return "rejected";
        }
        throw new AssertionError(decision);
    }

    private static String reason(Statement statement, Decision decision) {
        String reason = "";
        if (decision instanceof Decision.Forward forward) {
            reason = words(forward.reason());
        } else if (decision instanceof Decision.Reject reject) {
            reason = reject.refusal().toString();
        }
        return statement.reason().isEmpty()
                ? reason
                : reason.isEmpty() ? statement.reason() : reason + ": " + statement.reason();
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
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
        return new Member(new BackendAddress(host, 3306), 1, role, true, null, "", Duration.ZERO, GtidSet.EMPTY, 0, "");
    }
}
