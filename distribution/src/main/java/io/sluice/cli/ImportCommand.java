// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.cli.proxysql.Origin;
import io.sluice.cli.proxysql.Translation;
import io.sluice.core.config.ConfigException;
import io.sluice.core.config.SluiceConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "import",
        description =
                "Make a configuration of one of ProxySQL: of its file, or of a dump of its admin database. What has no"
                        + " counterpart is listed on standard error, with why and what to do.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:a configuration was written that sluice check finds right",
            "1:a configuration was written that lacks something, which is told",
            "2:the file cannot be read, or is no configuration of ProxySQL: FILE:LINE:COLUMN: ..."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice import /etc/proxysql.cnf -o sluice.yaml",
            "  sqlite3 /var/lib/proxysql/proxysql.db .dump > admin.sql && sluice import admin.sql -o sluice.yaml"
        })
final class ImportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "proxysql.cnf, or a dump with INSERT statements.")
    @SuppressWarnings("NullAway.Init") // set by Picocli before call()
    private Path file;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; it must not be there yet. Without it: standard output.")
    private @Nullable Path output;

    @Mixin
    @SuppressWarnings("UnusedVariable") // Picocli acts on it
    private final HelpOption help = new HelpOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by Picocli before call()
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        if (output != null && Files.exists(output)) {
            err.println("sluice: " + output + " is there; remove it, or name another file");
            return Main.MISTAKEN;
        }
        Translation.Result result;
        try {
            result = Translation.of(Origin.read(Files.readString(file)));
        } catch (Origin.Unreadable e) {
            err.println(file + ":" + e.getMessage());
            return Main.MISTAKEN;
        } catch (CharacterCodingException e) {
            err.println("sluice: " + file + " is not UTF-8 text");
            return Main.MISTAKEN;
        } catch (IOException e) {
            err.println("sluice: " + file + " cannot be read; name a file that this user may read");
            return Main.MISTAKEN;
        }
        result.notes().forEach(note -> err.println(file + ": " + note));
        if (output == null) {
            spec.commandLine().getOut().print(result.yaml());
            spec.commandLine().getOut().flush();
        }
        return write(result.yaml());
    }

    /** It has passwords, so that its owner alone may read it; what is printed is checked in such a file as well. */
    private int write(String yaml) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path written =
                output == null ? Files.createTempFile("sluice", ".yaml", owner) : Files.createFile(output, owner);
        try {
            Files.writeString(written, yaml);
            SluiceConfig.load(written, Map.of());
            return 0;
        } catch (ConfigException mistakes) {
            spec.commandLine().getErr().println(mistakes.getMessage());
            spec.commandLine().getErr().println("sluice: complete what was written, then try sluice check");
            return Main.FAILED;
        } finally {
            if (output == null) {
                Files.delete(written);
            }
        }
    }
}
