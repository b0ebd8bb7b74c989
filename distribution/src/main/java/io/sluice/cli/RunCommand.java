// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.admin.FirstPassword;
import io.sluice.core.config.ConfigException;
import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.ConfigMode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        description = "Serve clients until SIGTERM or Ctrl-C, then drain: stop accepting, let transactions end, close.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it was asked to stop, and did",
            "1:it could not start, for example a port is in use",
            "2:the configuration has mistakes"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice run -c sluice.yaml",
            "  SLUICE_LOG_LEVEL=DEBUG sluice run -c sluice.yaml",
            "  sluice run --takeover -c sluice.yaml"
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = "--initial",
            description = "With config.mode: database, fill the database from the file as if nothing had been saved;"
                    + " what it has is kept next to it as .bak.")
    private boolean initial;

    @Option(
            names = "--takeover",
            description =
                    "Take the place of the Sluice that runs with the same data_dir: it hands its listening sockets"
                            + " over, so that no client is refused, and ends when its clients have gone.")
    private boolean takeover;

    @Mixin
    @SuppressWarnings("UnusedVariable") // Picocli acts on it
    private final HelpOption help = new HelpOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by Picocli before call()
    private CommandSpec spec;

    private final Composition.Factory factory;

    RunCommand() {
        this(Composition::start);
    }

    RunCommand(Composition.Factory factory) {
        this.factory = factory;
    }

    @Override
    public Integer call() throws Exception {
        ConfigFile file;
        try {
            file = config.open();
        } catch (ConfigException mistakes) {
            return ConfigOption.report(mistakes, spec.commandLine());
        }
        if (initial && file.atStart().mode() != ConfigMode.DATABASE) {
            spec.commandLine()
                    .getErr()
                    .println(
                            "sluice: --initial is for config.mode: database; with config.mode: file each start is one");
            return Main.MISTAKEN;
        }
        String obstacle = takeover ? null : Ports.obstacle(file.atStart());
        if (obstacle != null) {
            spec.commandLine().getErr().println("sluice: " + obstacle);
            return Main.FAILED;
        }
        FirstPassword.makeOnce(
                file.atStart(), line -> spec.commandLine().getErr().println(line));
        Composition.Start start = new Composition.Start(initial, takeover);
        new Service(file).serve(proxy -> factory.start(proxy, start));
        return 0;
    }
}
