// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Writes down which behaviours differed and where, expected or not: what the compatibility table has to explain. */
final class DifferenceReport {
    private final Path file;

    DifferenceReport(Path file) {
        this.file = file;
    }

    /** Appends what lies between the first and the last lines that differ; nothing if both are equal. */
    void note(String behaviour, String direct, String through) {
        if (direct.equals(through)) {
            return;
        }
        List<String> before = direct.lines().toList();
        List<String> after = through.lines().toList();
        int shorter = Math.min(before.size(), after.size());
        int head = 0;
        while (head < shorter && before.get(head).equals(after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        StringBuilder text = new StringBuilder("## " + behaviour + "\n");
        before.subList(head, before.size() - tail)
                .forEach(line -> text.append("direct   ").append(line).append('\n'));
        after.subList(head, after.size() - tail)
                .forEach(line -> text.append("through  ").append(line).append('\n'));
        try {
            Files.writeString(
                    file, text + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
