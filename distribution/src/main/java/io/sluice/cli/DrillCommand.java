// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.core.config.AdminSettings;
import io.sluice.core.config.ConfigException;
import io.sluice.core.config.ListenAddress;
import io.sluice.core.config.SluiceConfig;
import io.sluice.drill.NamedDrill;
import io.sluice.drill.OwnDrill;
import io.sluice.drill.Plan;
import io.sluice.drill.Workplace;
import io.sluice.drill.load.Access;
import io.sluice.drill.report.Findings;
import io.sluice.drill.report.JsonReport;
import io.sluice.drill.report.SvgReport;
import io.sluice.drill.report.TextReport;
import io.sluice.drill.server.ServerFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "drill",
        sortOptions = false,
        description = {
            "Fail over and switch over under load, and report what clients saw.",
            "",
            "Without --i-know it starts a source and two replicas on loopback, in a temporary directory, and a Sluice"
                    + " before them; kills the source, promotes a replica, moves the source by SLUICE SWITCHOVER, and takes"
                    + " everything away again, also on Ctrl-C.",
            "With --i-know it works through the Sluice that runs by the configuration -c: it moves the source to a"
                    + " replica and back. Nothing is killed, unless you name a command that does."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing was lost, written twice or read stale, and writes came back",
            "1:something was, or the drill could not be done",
            "2:the command line or the configuration is wrong"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice drill --svg drill.svg",
            "  sluice drill --mysqld /usr/sbin/mariadbd --set monitor.interval=100ms",
            "  SLUICE_PASSWORD=... sluice drill --i-know -c sluice.yaml --user app --schema test"
        })
final class DrillCommand implements Callable<Integer> {
    private static final List<String> PROGRAMS = List.of("mysqld", "mariadbd");
    private static final List<String> PLACES =
            List.of("/usr/sbin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin");

    @Option(
            names = "--mysqld",
            paramLabel = "PROGRAM",
            description = "The server to start: mysqld 8.0 or newer, or mariadbd." + " Without it the one on the PATH.")
    private @Nullable Path mysqld;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A key of the configuration of the Sluice that is"
                    + " started, such as failover.verify_writes=true.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--i-know",
            description =
                    "Work on the servers of a configuration: clients of theirs will wait" + " during the switchovers.")
    private boolean known;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "With --i-know: the configuration by which the"
                    + " Sluice runs. Its first listen address, and its first admin user, are used.")
    private @Nullable Path config;

    @Option(
            names = "--user",
            description = "With --i-know: an account that may create, write and drop a table in the"
                    + " schema; its password is in SLUICE_PASSWORD.")
    private @Nullable String user;

    @Option(names = "--schema", description = "With --i-know: where that table is made.")
    private @Nullable String schema;

    @Option(
            names = "--kill-command",
            paramLabel = "COMMAND",
            description = "With --i-know: a failover, too. The shell runs"
                    + " this to end the server SLUICE_SOURCE (host:port).")
    private @Nullable String killCommand;

    @Option(
            names = "--promote-command",
            paramLabel = "COMMAND",
            description = "Then this, to promote the replica" + " SLUICE_CANDIDATE; without it somebody else does.")
    private @Nullable String promoteCommand;

    @Option(
            names = "--writers",
            defaultValue = "8",
            description = "Clients that write rows and read each back at once" + " (${DEFAULT-VALUE}).")
    private int writers;

    @Option(names = "--readers", defaultValue = "8", description = "Clients that only read (${DEFAULT-VALUE}).")
    private int readers;

    @Option(
            names = "--rest",
            paramLabel = "MS",
            defaultValue = "10",
            description = "Milliseconds that each client rests after" + " each turn (${DEFAULT-VALUE}).")
    private int rest;

    @Option(
            names = "--steady",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "Load before, between and after the" + " changes (${DEFAULT-VALUE}).")
    private int steady;

    @Option(
            names = "--promote-after",
            paramLabel = "MS",
            defaultValue = "1000",
            description = "Milliseconds from the kill to" + " the promotion (${DEFAULT-VALUE}).")
    private int promoteAfter;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "The most that anything is waited" + " for (${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON, too.")
    private @Nullable Path json;

    @Option(names = "--svg", paramLabel = "FILE", description = "Write a picture of the timeline, too.")
    private @Nullable Path svg;

    @Mixin
    @SuppressWarnings("UnusedVariable") // Picocli acts on it
    private final HelpOption help = new HelpOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by Picocli before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        check();
        Plan plan = new Plan(
                writers,
                readers,
                Duration.ofMillis(rest),
                Duration.ofSeconds(steady),
                Duration.ofMillis(promoteAfter),
                Duration.ofSeconds(limit));
        SluiceConfig named = null;
        try {
            named = known ? SluiceConfig.load(given(config), System.getenv()) : null;
        } catch (ConfigException mistakes) {
            return ConfigOption.report(mistakes, spec.commandLine());
        }
        Workplace place = new Workplace(Files.createTempDirectory("sluice-drill"));
        try {
            Findings found = named == null ? ofOwn(plan, place) : ofNamed(plan, place, named);
            place.close();
            report(found);
            return found.held() ? 0 : Main.FAILED;
        } catch (ServerFailure e) {
            spec.commandLine().getErr().println("sluice: " + e.getMessage());
            if (named != null) {
                place.close();
            } else if (place.keepLogs()) {
                spec.commandLine().getErr().println("sluice: the logs are in " + place.home());
            }
            return Main.FAILED;
        }
    }

    private Findings ofOwn(Plan plan, Workplace place) {
        Map<String, Object> values = new LinkedHashMap<>();
        settings.forEach((key, value) -> values.put(key, value.matches("true|false") ? Boolean.valueOf(value) : value));
        return new OwnDrill(plan, place, this::progress).run(program(), values);
    }

    private Findings ofNamed(Plan plan, Workplace place, SluiceConfig named) {
        String password = System.getenv("SLUICE_PASSWORD");
        AdminSettings.User admin = named.admin().users().stream()
                .findFirst()
                .orElseThrow(() -> mistake("the configuration has no admin.users: nobody can ask for a switchover"));
        Access client =
                access(named.mysql().listen().get(0), given(user), password == null ? "" : password, given(schema));
        Access port =
                access(named.admin().listen(), admin.name(), admin.password().reveal(), "");
        return new NamedDrill(plan, client, port, place, this::progress).run(killCommand, promoteCommand);
    }

    /** Whoever listens everywhere is found on this machine. */
    private static Access access(ListenAddress listen, String user, String password, String schema) {
        String host = List.of("0.0.0.0", "::").contains(listen.host()) ? "127.0.0.1" : listen.host();
        return new Access(host, listen.port(), user, password, schema);
    }

    private Path program() {
        if (mysqld != null) {
            return mysqld;
        }
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(":", -1)), PLACES.stream())
                .filter(directory -> !directory.isEmpty())
                .flatMap(directory -> PROGRAMS.stream().map(Path.of(directory)::resolve))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> mistake("no mysqld or mariadbd on the PATH; name one: --mysqld /usr/sbin/mysqld"));
    }

    private void check() {
        if (writers < 1 || readers < 0 || rest < 0 || steady < 0 || promoteAfter < 0 || limit < 1) {
            throw mistake("--writers and --limit must be at least 1, the other numbers not below 0");
        }
        if (known && (config == null || user == null || schema == null)) {
            throw mistake("--i-know needs -c FILE, --user NAME and --schema NAME");
        }
        if (!known && (config != null || user != null || schema != null || killCommand != null)) {
            throw mistake("-c, --user, --schema and --kill-command are about servers that you have: add --i-know");
        }
        if (known && (mysqld != null || !settings.isEmpty())) {
            throw mistake("--mysqld and --set are about servers that the drill starts: leave out --i-know");
        }
        if (mysqld != null && !Files.isExecutable(mysqld)) {
            throw mistake(mysqld + " is not an executable file; name the server itself, such as /usr/sbin/mysqld");
        }
        for (Path file : Stream.of(json, svg).filter(Objects::nonNull).toList()) {
            Path directory = file.toAbsolutePath().getParent();
            if (directory == null || !Files.isWritable(directory) || Files.isDirectory(file)) {
                throw mistake("cannot write the file " + file);
            }
        }
        if (promoteCommand != null && killCommand == null) {
            throw mistake("--promote-command needs --kill-command");
        }
    }

    private static <T> T given(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("checked before");
        }
        return value;
    }

    private ParameterException mistake(String words) {
        return new ParameterException(spec.commandLine(), words);
    }

    private void progress(String words) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(words);
        out.flush();
    }

    private void report(Findings found) throws IOException {
        new TextReport(spec.commandLine().getOut()).write(found);
        if (json != null) {
            JsonReport.write(found, Files.newBufferedWriter(json, StandardCharsets.UTF_8));
        }
        if (svg != null) {
            Files.writeString(svg, SvgReport.of(found), StandardCharsets.UTF_8);
        }
    }
}
