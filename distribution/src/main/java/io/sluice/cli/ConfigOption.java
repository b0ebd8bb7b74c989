// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.core.config.ConfigException;
import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.SluiceConfig;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The option that names the configuration, and the words when it is wrong. */
final class ConfigOption {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            defaultValue = "${sys:sluice.home:-.}/conf/sluice.yaml",
            description = "The configuration; without it conf/sluice.yaml of the installation.")
    @SuppressWarnings("NullAway.Init") // set by Picocli before use
    private Path file;

    SluiceConfig load() throws ConfigException {
        return SluiceConfig.load(file, System.getenv());
    }

    ConfigFile open() throws ConfigException {
        return ConfigFile.open(file, System.getenv());
    }

    static int report(ConfigException mistakes, CommandLine commandLine) {
        int count = mistakes.problems().size();
        commandLine.getErr().println(mistakes.getMessage());
        commandLine
                .getErr()
                .println("sluice: the configuration has " + count + (count == 1 ? " problem" : " problems"));
        return Main.MISTAKEN;
    }
}
