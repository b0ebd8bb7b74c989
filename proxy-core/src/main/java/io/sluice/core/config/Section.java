// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the file, read key by key. Asking for a key declares it: after the reader of a section is done, every key
 * that it did not ask for is unknown. A value with a mistake is reported and replaced by the default, so that reading goes on
 * and finds the other mistakes.
 */
final class Section {
    private final Reading reading;
    private final @Nullable Node node;
    private final String path;
    private final String pattern;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final Set<String> declared = new LinkedHashSet<>();

    /** @param pattern the path with [] in place of indexes, as the reference shows it */
    private Section(Reading reading, @Nullable Node node, String path, String pattern) {
        this.reading = reading;
        this.node = node;
        this.path = path;
        this.pattern = pattern;
    }

    /** Reads the whole document; null for an empty file. */
    static <T> T document(Reading reading, @Nullable Node node, Function<Section, T> reader) {
        return new Section(reading, node, "", "").read(reader);
    }

    <T> T get(Key<T> key) {
        Optional<String> text = given(key);
        NodeTuple entry = entries.get(key.name());
        Node value = entry == null ? node : entry.getValueNode();
        String keyPath = join(path, key.name());
        if (ConfigFile.isChangeable(keyPath)) {
            reading.changeable.put(keyPath, text.orElse(key.initialText().equals("\"\"") ? "" : key.initialText()));
        }
        return noted(
                key.name(),
                text.flatMap(given -> parse(key, given, value, keyPath)).orElse(key.initial()));
    }

    /** The key's value, or a list of such values in place of one; one of them with a mistake is reported and left out. */
    <T> List<T> getSome(Key<T> key) {
        NodeTuple entry = entries.get(key.name());
        if (entry == null || !(entry.getValueNode() instanceof SequenceNode sequence)) {
            return List.of(get(key));
        }
        declare(key);
        List<T> values = new ArrayList<>();
        int index = 0;
        for (Node value : sequence.getValue()) {
            String itemPath = join(path, key.name()) + "[" + index++ + "]";
            text(key, value, itemPath)
                    .flatMap(text -> parse(key, text, value, itemPath))
                    .ifPresent(values::add);
        }
        if (index == 0) {
            problem(key.name(), "is an empty list", "write " + key.allowed() + ", or remove the key");
        }
        return noted(key.name(), values.isEmpty() ? List.of(key.initial()) : List.copyOf(values));
    }

    private <T> T noted(String name, T value) {
        reading.value(path, name, value);
        return value;
    }

    /** A key without default: empty, and a problem, when it is absent or wrong. */
    <T> Optional<T> require(Key<String> key, Function<String, Optional<T>> parse, String advice) {
        Optional<String> text = given(key);
        if (!entries.containsKey(key.name())) {
            problem(key.name(), "is missing", advice);
        }
        Optional<T> value = text.flatMap(parse);
        if (text.isPresent() && value.isEmpty()) {
            problem(key.name(), quote(text.get()) + " is not " + key.allowed(), advice);
        }
        return noted(key.name(), value);
    }

    <T> T section(String name, Function<Section, T> reader) {
        declared.add(name);
        NodeTuple entry = entries.get(name);
        Node value = entry == null ? null : entry.getValueNode();
        return new Section(reading, value, join(path, name), join(pattern, name)).read(reader);
    }

    /**
     * A list of mappings. The reader returns empty for an item that it reported; items of the same identity are reported here.
     */
    <T> List<T> list(String name, String meaning, Function<Section, Optional<T>> reader, Function<T, ?> identity) {
        declared.add(name);
        String itemPattern = join(pattern, name) + "[]";
        reading.keys.put(join(pattern, name), new KeyDescription(join(pattern, name), "[]", "a list", meaning));
        describe(itemPattern, reader);
        List<T> items = new ArrayList<>();
        Map<Object, Integer> firstLines = new HashMap<>();
        int index = 0;
        for (Node value : nodes(name)) {
            String itemPath = join(path, name) + "[" + index++ + "]";
            new Section(reading, value, itemPath, itemPattern).read(reader).ifPresent(item -> {
                items.add(item);
                int line = value.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
                Integer first = firstLines.putIfAbsent(identity.apply(item), line);
                if (first != null) {
                    reading.problem(
                            value,
                            itemPath,
                            identity.apply(item) + " is listed twice, first in line " + first,
                            "keep one of them");
                }
            });
        }
        return List.copyOf(items);
    }

    /** A password, in the file or in a file of its own; {@code required} means one of the two must be there. */
    Secret secret(boolean required, String whose) {
        Optional<Secret> secret = secret("password", "The password of " + whose + "; may be ${NAME}.");
        if (required && !has("password") && !has("password_file")) {
            problem("", "has neither password nor password_file", "add one of them");
        }
        return secret.orElse(Secret.EMPTY);
    }

    /** A secret by the key of that name, or in a file that the key NAME_file names; empty if there is none. */
    Optional<Secret> secret(String name, String meaning) {
        String fileName = name + "_file";
        Optional<String> inline = given(Key.text(name, "", meaning));
        Optional<String> file = given(
                Key.text(fileName, "", "A file with that password instead; one newline at its end is not part of it."));
        if (has(name) && has(fileName)) {
            problem(fileName, name + " and " + fileName + " are both given", "remove one of them");
        }
        return noted(
                name,
                inline.or(() -> file.map(path -> readSecret(fileName, path))).map(Secret::new));
    }

    /** Reports a key that other programs have and Sluice has not. */
    void unsupported(String name) {
        if (has(name)) {
            declared.add(name);
            problem(name, "is not supported", "remove it; nothing is done in its place");
        }
    }

    /** Whether this section has the key. */
    boolean has(String name) {
        return entries.containsKey(name);
    }

    /** The path of a file that must be readable, or null when the key is absent or "". */
    @Nullable
    Path file(String name, String meaning) {
        Path file = path(name, meaning);
        if (file == null) {
            return null;
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            problem(name, "cannot read the file " + file, "name a file that this user may read");
        }
        return file;
    }

    /** A path where something is or will be, or null when the key is absent or "". */
    @Nullable
    Path path(String name, String meaning) {
        String text = get(Key.text(name, "", meaning));
        return text.isEmpty() ? null : reading.directory.resolve(text);
    }

    Path directory(String name, String initial, String meaning) {
        return reading.directory.resolve(get(Key.text(name, initial, meaning)));
    }

    /** Whether the key's value is a mapping, where that is one of its forms. */
    boolean isMapping(String name) {
        NodeTuple entry = entries.get(name);
        return entry != null && entry.getValueNode() instanceof MappingNode;
    }

    /** Whether the file has the key of that whole path; it must have been read before. */
    boolean isGiven(String keyPath) {
        return reading.given.containsKey(keyPath);
    }

    /** Reports a mistake in the value of {@code name}, or in the section itself when it is empty. */
    void problem(String name, String wrong, String right) {
        NodeTuple entry = entries.get(name);
        Node at = entry == null ? node : entry.getValueNode();
        reading.problem(at, name.isEmpty() ? path : join(path, name), wrong, right);
    }

    /** Reports a value that was given without another one that belongs to it. */
    void requireBoth(String name, @Nullable Object value, String otherName, @Nullable Object other) {
        if (value == null && other != null) {
            problem(otherName, "is given without " + name, "add " + name + ", or remove this");
        } else if (value != null && other == null) {
            problem(name, "is given without " + otherName, "add " + otherName + ", or remove this");
        }
    }

    /** Reports a mistake that several sections make together, at a key given by its whole path. */
    void problemAt(String keyPath, String wrong, String right) {
        reading.problem(reading.given.get(keyPath), keyPath, wrong, right);
    }

    private <T> T read(Function<Section, T> reader) {
        collectEntries();
        T value = reader.apply(this);
        for (NodeTuple entry : entries.values()) {
            String name = ((ScalarNode) entry.getKeyNode()).getValue();
            if (!declared.contains(name)) {
                String right = Spelling.nearest(name, declared)
                        .map(known -> "did you mean " + known + "?")
                        .orElse("known here: " + String.join(", ", declared));
                reading.problem(entry.getKeyNode(), join(path, name), "is not a known key", right);
            }
        }
        return value;
    }

    private void collectEntries() {
        if (node == null || node.getTag().equals(Tag.NULL)) {
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            reading.problem(node, path, "is " + kind(node) + " where keys are expected", "write \"key: value\" lines");
            return;
        }
        for (NodeTuple entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                reading.problem(entry.getKeyNode(), path, "a key is " + kind(entry.getKeyNode()), "write a word");
                continue;
            }
            NodeTuple first = entries.putIfAbsent(key.getValue(), entry);
            if (first != null) {
                int line = first.getKeyNode()
                        .getStartMark()
                        .map(mark -> mark.getLine() + 1)
                        .orElse(0);
                reading.problem(
                        key, join(path, key.getValue()), "is given twice, first in line " + line, "keep one of them");
            }
        }
    }

    /** The key's text as the file gives it, with the environment's values filled in; empty when absent or wrong. */
    private Optional<String> given(Key<?> key) {
        NodeTuple entry = declare(key);
        String instead = reading.instead.get(join(path, key.name()));
        if (instead != null) {
            return Optional.of(instead);
        }
        return entry == null ? Optional.empty() : text(key, entry.getValueNode(), join(path, key.name()));
    }

    /** The key's entry in the file; null if there is none. */
    private @Nullable NodeTuple declare(Key<?> key) {
        declared.add(key.name());
        String keyPattern = join(pattern, key.name());
        if (!reading.keys.containsKey(keyPattern)) {
            reading.keys.put(keyPattern, key.describe(keyPattern));
        }
        NodeTuple entry = entries.get(key.name());
        if (entry != null) {
            reading.given.put(keyPattern, entry.getKeyNode());
        }
        return entry;
    }

    private Optional<String> text(Key<?> key, Node value, String keyPath) {
        if (value.getTag().equals(Tag.NULL)) {
            String right = "write " + key.allowed() + ", or remove the key";
            reading.problem(value, keyPath, "has no value", right);
            return Optional.empty();
        }
        if (!(value instanceof ScalarNode scalar)) {
            reading.problem(value, keyPath, "is " + kind(value), "write " + key.allowed());
            return Optional.empty();
        }
        return Optional.ofNullable(reading.expand(value, keyPath, scalar.getValue()));
    }

    private <T> Optional<T> parse(Key<T> key, String text, @Nullable Node at, String keyPath) {
        Optional<T> value = key.parse().apply(text);
        if (value.isEmpty()) {
            reading.problem(
                    at,
                    keyPath,
                    quote(text) + " is not " + key.allowed(),
                    key.advice().apply(text));
        }
        return value;
    }

    private List<Node> nodes(String name) {
        NodeTuple entry = entries.get(name);
        if (entry == null) {
            return List.of();
        }
        reading.given.put(join(pattern, name), entry.getKeyNode());
        if (entry.getValueNode().getTag().equals(Tag.NULL)) {
            return List.of();
        }
        if (entry.getValueNode() instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        problem(name, "is " + kind(entry.getValueNode()) + " where a list is expected", "begin each item with \"- \"");
        return List.of();
    }

    /** Reads an item that is not there, only to learn its keys. */
    private <T> void describe(String itemPattern, Function<Section, Optional<T>> reader) {
        Reading aside = new Reading(reading.file, reading.directory, Map.of());
        new Section(aside, null, itemPattern, itemPattern).read(reader);
        reading.keys.putAll(aside.keys);
    }

    private @Nullable String readSecret(String key, String name) {
        Path file = reading.directory.resolve(name);
        try {
            return Files.readString(file).replaceFirst("\r?\n\\z", "");
        } catch (IOException e) {
            problem(key, "cannot read the file " + file, "name a file that this user may read");
            return null;
        }
    }

    private static String kind(Node node) {
        return node instanceof MappingNode ? "a mapping" : node instanceof SequenceNode ? "a list" : "a single value";
    }

    private static String quote(String text) {
        return '"' + (text.length() > 60 ? text.substring(0, 60) + "..." : text) + '"';
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
