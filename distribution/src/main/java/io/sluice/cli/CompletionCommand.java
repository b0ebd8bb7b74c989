// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = "Print a script that completes sluice's commands and options in bash and zsh.",
        footerHeading = "%nExamples:%n",
        footer = {"  source <(sluice completion)", "  sluice completion > /etc/bash_completion.d/sluice"})
final class CompletionCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // set by Picocli before run()
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine()
                .getOut()
                .println(AutoComplete.bash("sluice", spec.root().commandLine()));
    }
}
