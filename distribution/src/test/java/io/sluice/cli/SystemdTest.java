// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SystemdTest {
    @TempDir
    private Path directory;

    private Path program;
    private Path told;

    @BeforeEach
    void write() throws IOException {
        told = directory.resolve("told");
        program = Files.writeString(directory.resolve("notify"), "#!/bin/sh\necho \"$@\" >>'" + told + "'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void is_told_where_it_wants_to_know() throws IOException {
        new Systemd("/run/systemd/notify", program.toString()).tell("READY=1", "STATUS=serving");
        assertThat(told).hasContent("READY=1 STATUS=serving");
    }

    @Test
    void is_not_told_where_there_is_none() {
        new Systemd(null, program.toString()).tell("READY=1");
        new Systemd("", program.toString()).tell("READY=1");
        assertThat(told).doesNotExist();
    }

    @Test
    void a_program_that_is_missing_ends_nothing() {
        new Systemd("/run/systemd/notify", directory.resolve("none").toString()).tell("READY=1");
        assertThat(told).doesNotExist();
    }
}
