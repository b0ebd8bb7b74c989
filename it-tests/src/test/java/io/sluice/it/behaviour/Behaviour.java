// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.behaviour;

import io.sluice.drill.server.ServerFlavor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * One thing that a client can rely on: a name, a script, and what the script's sessions ask for at login.
 *
 * <p>Scripts are text files beside this class. {@code ## name} begins one; {@code on: 9.7 8.0} limits it to these
 * servers; {@code as: eof found_rows} is told to {@link RawSession}. Every other line is a step: SQL, or a command that
 * begins with a colon (see {@link Performance}), in session 1 unless {@code 2>} stands before it. A line that begins with
 * blanks goes on with the step before. {@code #} alone begins a comment.
 */
record Behaviour(String name, Set<String> flavors, Set<String> words, List<Step> steps) {

    /** One line of a script. */
    record Step(int session, String text) {}

    private static final List<String> FILES = List.of(
            "commands",
            "diagnostics",
            "errors",
            "identity",
            "metadata",
            "prepared",
            "results",
            "state",
            "transactions");

    boolean isFor(ServerFlavor flavor) {
        return flavors.isEmpty() || flavors.contains(flavor.label());
    }

    static List<Behaviour> all() {
        List<Behaviour> all = new ArrayList<>();
        for (String file : FILES) {
            try (InputStream text = Behaviour.class.getResourceAsStream(file + ".txt")) {
                byte[] bytes = Objects.requireNonNull(text, file).readAllBytes();
                all.addAll(parse(new String(bytes, StandardCharsets.UTF_8)));
            } catch (IOException e) {
                throw new IllegalStateException("cannot read " + file, e);
            }
        }
        return all;
    }

    static List<Behaviour> parse(String text) {
        List<Behaviour> behaviours = new ArrayList<>();
        for (String block : text.split("(?m)^## ")) {
            if (block.isBlank() || block.startsWith("#")) {
                continue;
            }
            List<String> lines = new ArrayList<>(block.lines().toList());
            Behaviour behaviour =
                    new Behaviour(lines.remove(0).strip(), new TreeSet<>(), new TreeSet<>(), new ArrayList<>());
            lines.forEach(behaviour::add);
            behaviours.add(behaviour);
        }
        return behaviours;
    }

    private void add(String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        if (line.startsWith("on: ")) {
            flavors.addAll(Arrays.asList(line.substring(4).split(" ")));
        } else if (line.startsWith("as: ")) {
            words.addAll(Arrays.asList(line.substring(4).split(" ")));
        } else if (line.startsWith(" ")) {
            Step last = steps.remove(steps.size() - 1);
            steps.add(new Step(last.session, last.text + "\n" + line.strip()));
        } else if (line.matches("[2-9]> .*")) {
            steps.add(new Step(line.charAt(0) - '0', line.substring(3)));
        } else {
            steps.add(new Step(1, line));
        }
    }
}
