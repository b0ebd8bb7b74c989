// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code sluice}. */
@Command(
        name = "sluice",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "A read/write-splitting proxy that speaks the MySQL protocol.",
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            ExplainCommand.class,
            DrillCommand.class,
            ImportCommand.class,
            VersionCommand.class,
            HelpCommand.class,
            CompletionCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:it could not start, or failed while running",
            "2:the command line or the configuration is wrong"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice check -c sluice.yaml               tell all mistakes in a configuration",
            "  sluice run -c sluice.yaml                 serve until SIGTERM or Ctrl-C",
            "  sluice explain \"SELECT 1\"                 show where a statement goes, and why",
            "  sluice drill                              fail over under load, and see what clients see",
            "  sluice import proxysql.cnf -o sluice.yaml  make a configuration of one of ProxySQL",
            "  source <(sluice completion)               complete commands in this bash or zsh"
        })
public final class Main implements Runnable {
    static final int FAILED = 1;
    static final int MISTAKEN = 2;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by Picocli before run()
    private CommandSpec spec;

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setExecutionExceptionHandler((exception, line, result) -> {
            String message = exception.getMessage();
            line.getErr().println("sluice: " + (message == null ? exception.toString() : message));
            return FAILED;
        });
        return commandLine;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name a command: run, check, explain, drill, import, version, completion or help");
    }
}
