// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** One pass over one file: what the sections need from outside, and what they find. Confined to the thread that reads. */
final class Reading {
    private static final Pattern REFERENCE =
            Pattern.compile("\\$(?:(\\$)|\\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\\}|\\{)");

    /** What can be changed while Sluice runs: of a hundred thousand users nothing is kept twice. */
    private static final List<String> CHANGEABLE = List.of("servers[", "users[", "users.list[", "rules[");

    final String file;
    final Path directory;
    final List<ConfigProblem> problems = new ArrayList<>();
    final Map<String, KeyDescription> keys = new LinkedHashMap<>();
    /** The keys that the file has, with [] in place of indexes, and one place of each. */
    final Map<String, Node> given = new LinkedHashMap<>();

    /** What the keys mean that count after a restart only, by their paths; those that are not given at their defaults. */
    final Map<String, Object> values = new LinkedHashMap<>();

    /** The texts of settings that can change, by their paths: as given, else as the defaults are written. */
    final Map<String, String> changeable = new LinkedHashMap<>();

    /** Texts in the place of what the file says, by the keys' paths. */
    final Map<String, String> instead;

    private final Map<String, String> environment;

    /** The directory is the one that relative paths start from. */
    Reading(String file, Path directory, Map<String, String> environment) {
        this(file, directory, environment, Map.of());
    }

    Reading(String file, Path directory, Map<String, String> environment, Map<String, String> instead) {
        this.file = file;
        this.directory = directory;
        this.environment = environment;
        this.instead = Map.copyOf(instead);
    }

    void value(String path, String name, Object value) {
        if (CHANGEABLE.stream().noneMatch(path::startsWith)) {
            values.put(path.isEmpty() ? name : path + "." + name, value);
        }
    }

    void problem(@Nullable Node at, String path, String wrong, String right) {
        Mark mark = at == null ? null : at.getStartMark().orElse(null);
        int line = mark == null ? 0 : mark.getLine() + 1;
        int column = mark == null ? 0 : mark.getColumn() + 1;
        problems.add(new ConfigProblem(file, line, column, path, wrong, right));
    }

    boolean hasProblemAt(String path) {
        return problems.stream().anyMatch(problem -> problem.path().startsWith(path));
    }

    /** Replaces ${NAME} and ${NAME:-default} by the environment's values; $$ stands for one dollar before a brace. */
    @Nullable
    String expand(Node at, String path, String text) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder expanded = new StringBuilder();
        while (matcher.find()) {
            String value = matcher.group(1) != null ? dollars(text, matcher) : reference(at, path, matcher);
            if (value == null) {
                return null;
            }
            matcher.appendReplacement(expanded, Matcher.quoteReplacement(value));
        }
        return matcher.appendTail(expanded).toString();
    }

    /** Two dollars are an escape only before a brace, so that pa$$word stays as it is. */
    private static String dollars(String text, Matcher matcher) {
        return text.startsWith("{", matcher.end()) ? "$" : "$$";
    }

    private @Nullable String reference(Node at, String path, Matcher matcher) {
        String name = matcher.group(2);
        if (name == null) {
            problem(
                    at,
                    path,
                    "${ begins no valid reference",
                    "write ${NAME} or ${NAME:-default}, or $${ for a plain ${");
            return null;
        }
        String value = environment.getOrDefault(name, matcher.group(3));
        if (value == null) {
            problem(
                    at,
                    path,
                    "the environment variable " + name + " is not set",
                    "set it, or give a default: ${" + name + ":-default}");
        }
        return value;
    }
}
