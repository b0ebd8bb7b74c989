// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import io.sluice.drill.server.ServerFlavor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What differs, and where that is written: lines of {@code behaviour | servers or all | area}, where the area is a row of
 * the README's compatibility table, which gives the reason. With the word {@code sometimes} it need not differ each time.
 */
final class ExpectedDifferences {
    private static final Path README = Path.of("..", "README.md");

    private record Entry(String behaviour, List<String> flavors, String area) {}

    private final List<Entry> entries;

    private ExpectedDifferences(List<Entry> entries) {
        this.entries = entries;
    }

    static ExpectedDifferences read() {
        List<Entry> entries = new ArrayList<>();
        try (InputStream file = ExpectedDifferences.class.getResourceAsStream("expected-differences.txt")) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            text.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> {
                        String[] fields = line.split(" \\| ", -1);
                        if (fields.length != 3) {
                            throw new IllegalStateException("behaviour | servers | area expected: " + line);
                        }
                        entries.add(new Entry(
                                fields[0].strip(), List.of(fields[1].strip().split(" ")), fields[2].strip()));
                    });
        } catch (IOException e) {
            throw new IllegalStateException("cannot read expected-differences.txt", e);
        }
        return new ExpectedDifferences(entries);
    }

    /** Whether it may differ. */
    boolean allow(String behaviour, ServerFlavor flavor) {
        return entries.stream()
                .anyMatch(entry -> entry.behaviour.equals(behaviour)
                        && (entry.flavors.contains("all") || entry.flavors.contains(flavor.label())));
    }

    /** Whether it must differ, so that what was mended leaves the list. */
    boolean demand(String behaviour, ServerFlavor flavor) {
        return allow(behaviour, flavor)
                && entries.stream()
                        .noneMatch(entry -> entry.behaviour.equals(behaviour) && entry.flavors.contains("sometimes"));
    }

    List<String> behaviours() {
        return entries.stream().map(Entry::behaviour).toList();
    }

    List<String> areas() {
        return entries.stream().map(Entry::area).toList();
    }

    /** The first column of the table below "Compatibility and limits". */
    static List<String> areasOfReadme() {
        try {
            return Files.readString(README, StandardCharsets.UTF_8)
                    .lines()
                    .dropWhile(line -> !line.equals("## Compatibility and limits"))
                    .skip(1)
                    .takeWhile(line -> !line.startsWith("## "))
                    .filter(line -> line.startsWith("| "))
                    .map(line -> line.substring(2, line.indexOf(" |", 2)))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + README, e);
        }
    }
}
