// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.core.config.ConfigException;
import io.sluice.core.config.ServerSettings;
import io.sluice.core.config.SluiceConfig;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description = "Read a configuration and tell all its mistakes, without starting anything.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the configuration is right", "2:it has mistakes; each is a line FILE:LINE:COLUMN: KEY: ..."},
        footerHeading = "%nExamples:%n",
        footer = "  sluice check -c /etc/sluice/sluice.yaml && systemctl reload sluice")
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    @SuppressWarnings("UnusedVariable") // Picocli acts on it
    private final HelpOption help = new HelpOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by Picocli before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        try {
            summarize(config.load(), spec.commandLine().getOut());
            return 0;
        } catch (ConfigException mistakes) {
            return ConfigOption.report(mistakes, spec.commandLine());
        }
    }

    private static void summarize(SluiceConfig config, PrintWriter out) {
        out.println("configuration ok");
        out.println("  clients   "
                + config.mysql().listen().stream().map(Object::toString).collect(Collectors.joining(", "))
                + (config.mysql().socket() == null ? "" : ", " + config.mysql().socket()) + ", tls "
                + config.mysql().tls().mode().name().toLowerCase(Locale.ROOT));
        out.println("  servers   "
                + config.servers().stream()
                        .map(ServerSettings::address)
                        .map(Object::toString)
                        .collect(Collectors.joining(", ")));
        out.println("  users     "
                + config.users().stream().map(user -> user.name() + ", ").collect(Collectors.joining())
                + (config.authentication().passthrough() ? "any account of the servers" : "no others"));
        out.println("  monitor   as " + config.monitor().user() + " every "
                + config.monitor().interval().toMillis() + " ms");
        out.println("  admin     " + config.admin().listen()
                + (config.admin().users().isEmpty() ? " (no users: nobody can log in)" : ""));
        out.println("  http      " + config.http().listen());
    }
}
