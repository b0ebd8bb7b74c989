// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.sluice.core.config.ConfigItem.KeyChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The text of a configuration, in which items of lists are changed while everything else stays as it is written, comments
 * too. Whoever uses it reads the result again: of YAML's rarer forms it may make something else.
 */
final class YamlText {
    private static final String INDENT = "  ";

    private final List<String> lines;
    private final String end;
    private final @Nullable Node root;

    /** @param root what the text means; null if it means nothing */
    YamlText(String text, @Nullable Node root) {
        this.end = text.contains("\r\n") ? "\r\n" : "\n";
        this.lines = new ArrayList<>(Arrays.asList(text.split("\r?\n", -1)));
        this.root = root;
    }

    /**
     * What becomes of a list.
     *
     * @param items for each item that the text has: the changes of its keys, none if it stays, null if it goes
     * @param added the items that come after them
     */
    record ListChange(List<@Nullable List<KeyChange>> items, List<ConfigItem> added) {
        boolean isEmpty() {
            return added.isEmpty() && items.stream().allMatch(changes -> changes != null && changes.isEmpty());
        }
    }

    /** The value of a list, and the line of its key; the value is null where the key stands alone. */
    private record Place(
            int keyLine, int indent, Node key, @Nullable SequenceNode list) {}

    /** Changes one list; of several the one that stands last must be changed first. */
    void change(List<String> path, ListChange change) {
        if (change.isEmpty()) {
            return;
        }
        Place place = place(path);
        if (place == null) {
            while (!lines.isEmpty() && lines.get(lines.size() - 1).isBlank()) {
                lines.remove(lines.size() - 1);
            }
            lines.add(path.get(path.size() - 1) + ":");
            change.added().forEach(item -> lines.addAll(newItem(item.values(), 2)));
            lines.add("");
        } else if (place.list() == null) {
            int line = place.keyLine();
            lines.set(line, keyAlone(place, place.key().getEndMark().orElseThrow()));
            List<String> added = new ArrayList<>();
            change.added().forEach(item -> added.addAll(newItem(item.values(), place.indent() + 2)));
            lines.addAll(line + 1, added);
        } else if (place.list().getFlowStyle() == FlowStyle.FLOW) {
            changeFlow(place, place.list(), change);
        } else {
            changeBlock(place.list(), change);
        }
    }

    /**
     * Gives a key another value, or adds it.
     *
     * @param value as YAML, on one line
     */
    void set(List<String> path, String value) {
        Node at = root;
        NodeTuple above = null;
        boolean inBraces = false;
        for (int depth = 0; depth < path.size(); depth++) {
            NodeTuple found = entry(at, path.get(depth)).orElse(null);
            if (found == null) {
                List<String> missing = path.subList(depth, path.size());
                if (inBraces && above != null && !(at instanceof MappingNode)) {
                    replace(above, "{" + inBraces(missing, value) + "}");
                } else {
                    add(above, at, missing, value);
                }
                return;
            }
            inBraces |= at instanceof MappingNode mapping && mapping.getFlowStyle() == FlowStyle.FLOW;
            above = found;
            at = found.getValueNode();
        }
        if (above != null) {
            replace(above, value);
        }
    }

    private void replace(NodeTuple entry, String value) {
        Node before = entry.getValueNode();
        Mark from = mark(before);
        Mark to = before.getEndMark().orElseThrow();
        Mark key = entry.getKeyNode().getEndMark().orElseThrow();
        if (from.getIndex() == to.getIndex()) { // the key stands alone
            String line = lines.get(key.getLine());
            String rest = tail(line, key.getColumn());
            lines.set(
                    key.getLine(), head(line, key.getColumn()) + ": " + value + rest.substring(rest.indexOf(':') + 1));
            return;
        }
        int last = lastLine(before);
        String rest = last < to.getLine() ? "" : tail(lines.get(last), to.getColumn());
        String line = head(lines.get(from.getLine()), from.getColumn()) + value + rest;
        lines.subList(from.getLine(), last + 1).clear();
        lines.add(from.getLine(), line);
    }

    /** Below an entry, or at the top, where the text has a mapping or nothing. */
    private void add(@Nullable NodeTuple above, @Nullable Node mapping, List<String> path, String value) {
        if (mapping instanceof MappingNode inBraces && inBraces.getFlowStyle() == FlowStyle.FLOW) {
            Mark end = inBraces.getEndMark().orElseThrow();
            String line = lines.get(end.getLine());
            String before = head(line, end.getColumn() - 1).stripTrailing();
            String comma = inBraces.getValue().isEmpty() ? "" : ", ";
            lines.set(end.getLine(), before + comma + inBraces(path, value) + tail(line, end.getColumn() - 1));
            return;
        }
        int indent = above == null ? 0 : mark(above.getKeyNode()).getColumn() + INDENT.length();
        int line = above == null ? lines.size() : mark(above.getKeyNode()).getLine() + 1;
        if (mapping instanceof MappingNode block && !block.getValue().isEmpty()) {
            indent = mark(block.getValue().get(0).getKeyNode()).getColumn();
            line = lastLine(block) + 1;
        }
        for (int depth = 0; depth < path.size(); depth++) {
            String last = depth == path.size() - 1 ? " " + value : "";
            lines.add(line + depth, " ".repeat(indent) + INDENT.repeat(depth) + path.get(depth) + ":" + last);
        }
    }

    private static String inBraces(List<String> path, String value) {
        return String.join(": {", path) + ": " + value + "}".repeat(path.size() - 1);
    }

    /** The line on which a list's key is; beyond all lines if there is none. */
    int line(List<String> path) {
        Place place = place(path);
        return place == null ? Integer.MAX_VALUE : place.keyLine();
    }

    private @Nullable Place place(List<String> path) {
        Node at = root;
        NodeTuple found = null;
        for (String key : path) {
            found = entry(at, key).orElse(null);
            if (found == null) {
                return null;
            }
            at = found.getValueNode();
        }
        if (found == null) {
            return null;
        }
        Mark mark = mark(found.getKeyNode());
        SequenceNode list = found.getValueNode() instanceof SequenceNode sequence ? sequence : null;
        return new Place(mark.getLine(), mark.getColumn(), found.getKeyNode(), list);
    }

    private static Optional<NodeTuple> entry(@Nullable Node node, String key) {
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode name
                                && name.getValue().equals(key))
                        .findFirst()
                : Optional.empty();
    }

    /** The key's line without a value, but with a comment that stands there. */
    private String keyAlone(Place place, Mark valueEnd) {
        Mark keyEnd = place.key().getEndMark().orElseThrow();
        String head = head(lines.get(keyEnd.getLine()), keyEnd.getColumn()) + ":";
        String rest = tail(lines.get(valueEnd.getLine()), valueEnd.getColumn());
        int comment = rest.indexOf(" #");
        return comment < 0 ? head : head + rest.substring(comment);
    }

    private void changeFlow(Place place, SequenceNode list, ListChange change) {
        List<String> next = new ArrayList<>();
        next.add(keyAlone(place, list.getEndMark().orElseThrow()));
        int indent = place.indent() + 2;
        for (int i = 0; i < list.getValue().size(); i++) {
            List<KeyChange> changes = change.items().get(i);
            if (changes != null) {
                next.addAll(rewritten(list.getValue().get(i), changes, indent));
            }
        }
        change.added().forEach(item -> next.addAll(newItem(item.values(), indent)));
        List<String> before = lines.subList(place.keyLine(), lastLine(list) + 1);
        before.clear();
        lines.addAll(place.keyLine(), next);
    }

    /** From the last item to the first, so that the marks of the others stay right. */
    private void changeBlock(SequenceNode list, ListChange change) {
        int indent = mark(list).getColumn();
        List<Node> items = list.getValue();
        List<String> added = new ArrayList<>();
        change.added().forEach(item -> added.addAll(newItem(item.values(), indent)));
        lines.addAll(lastLine(list) + 1, added);
        for (int i = items.size() - 1; i >= 0; i--) {
            List<KeyChange> changes = change.items().get(i);
            if (changes != null && changes.isEmpty()) {
                continue;
            }
            Node item = items.get(i);
            int first = mark(item).getLine();
            while (first > mark(list).getLine() && !isDash(lines.get(first), indent)) {
                first--;
            }
            int last = lastLine(item);
            List<String> next = changes == null
                    ? List.of()
                    : isOneKeyPerLine(item)
                            ? edited((MappingNode) item, last, changes, indent)
                            : rewritten(item, changes, indent);
            lines.subList(first, last + 1).clear();
            lines.addAll(first, next);
        }
    }

    private static boolean isDash(String line, int column) {
        return line.length() > column
                && line.charAt(column) == '-'
                && line.substring(0, column).isBlank();
    }

    private static boolean isOneKeyPerLine(Node node) {
        if (!(node instanceof MappingNode mapping) || mapping.getFlowStyle() == FlowStyle.FLOW) {
            return false;
        }
        int last = -1;
        for (NodeTuple tuple : mapping.getValue()) {
            if (mark(tuple.getKeyNode()).getLine() <= last) {
                return false;
            }
            last = lastLine(tuple.getValueNode());
        }
        return true;
    }

    /** The lines of an item, with those of changed keys in the place of the former ones. */
    private List<String> edited(MappingNode item, int last, List<KeyChange> changes, int indent) {
        List<KeyChange> open = new ArrayList<>(changes);
        int column = mark(item).getColumn();
        List<String> next = new ArrayList<>();
        List<NodeTuple> tuples = item.getValue();
        for (int i = 0; i < tuples.size(); i++) {
            NodeTuple tuple = tuples.get(i);
            int first = mark(tuple.getKeyNode()).getLine();
            int end = lastLine(tuple.getValueNode());
            KeyChange change = changeOf(tuple, changes);
            if (change == null) {
                next.add(" ".repeat(column) + tail(lines.get(first), column));
                next.addAll(lines.subList(first + 1, end + 1));
            } else if (open.remove(change)) {
                change.written().forEach((key, value) -> next.add(" ".repeat(column) + key + ": " + value));
            }
            int following =
                    i + 1 < tuples.size() ? mark(tuples.get(i + 1).getKeyNode()).getLine() : last + 1;
            next.addAll(lines.subList(end + 1, following)); // comments
        }
        open.forEach(change ->
                change.written().forEach((key, value) -> next.add(" ".repeat(column) + key + ": " + value)));
        return dashed(next, indent);
    }

    private static @Nullable KeyChange changeOf(NodeTuple tuple, List<KeyChange> changes) {
        String key = tuple.getKeyNode() instanceof ScalarNode name ? name.getValue() : "";
        return changes.stream()
                .filter(change -> change.keys().contains(key))
                .findFirst()
                .orElse(null);
    }

    /** Puts the dash before the first line that is no comment. */
    private static List<String> dashed(List<String> item, int indent) {
        for (int i = 0; i < item.size(); i++) {
            String line = item.get(i);
            if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
                item.set(i, " ".repeat(indent) + "-" + line.substring(indent + 1));
                break;
            }
        }
        return item;
    }

    /** An item written anew, with the values of keys that do not change as the text has them. */
    private List<String> rewritten(Node item, List<KeyChange> changes, int indent) {
        List<String> next = new ArrayList<>();
        if (item instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                if (changeOf(tuple, changes) == null) {
                    String value = slice(tuple.getValueNode());
                    next.add(" ".repeat(indent + 2)
                            + slice(tuple.getKeyNode())
                            + (value.isEmpty() ? ":" : ": " + value));
                }
            }
        }
        for (KeyChange change : changes) {
            change.written().forEach((key, value) -> next.add(" ".repeat(indent + 2) + key + ": " + value));
        }
        return dashed(next, indent);
    }

    private static List<String> newItem(Map<String, String> values, int indent) {
        List<String> next = new ArrayList<>();
        values.forEach((key, value) -> next.add(" ".repeat(indent) + INDENT + key + ": " + value));
        return dashed(next, indent);
    }

    /** What the text has for a node, on one line. */
    private String slice(Node node) {
        Mark from = mark(node);
        Mark to = node.getEndMark().orElseThrow();
        if (from.getLine() == to.getLine()) {
            String line = lines.get(from.getLine());
            return tail(head(line, to.getColumn()), from.getColumn());
        }
        Stream<String> between = lines.subList(from.getLine() + 1, to.getLine()).stream();
        return Stream.of(
                        Stream.of(tail(lines.get(from.getLine()), from.getColumn())),
                        between,
                        Stream.of(head(lines.get(to.getLine()), to.getColumn())))
                .flatMap(part -> part)
                .map(String::strip)
                .reduce("", (all, part) -> all.isEmpty() ? part : all + " " + part)
                .strip();
    }

    /** The last line that has something of a node; comments after it are not its own. */
    private static int lastLine(Node node) {
        if (node instanceof CollectionNode<?> collection && collection.getFlowStyle() != FlowStyle.FLOW) {
            if (node instanceof MappingNode mapping && !mapping.getValue().isEmpty()) {
                return lastLine(
                        mapping.getValue().get(mapping.getValue().size() - 1).getValueNode());
            }
            if (node instanceof SequenceNode sequence && !sequence.getValue().isEmpty()) {
                return lastLine(sequence.getValue().get(sequence.getValue().size() - 1));
            }
        }
        Mark to = node.getEndMark().orElseThrow();
        boolean empty = node.getTag().equals(Tag.NULL);
        return to.getColumn() == 0 && to.getLine() > mark(node).getLine() && !empty ? to.getLine() - 1 : to.getLine();
    }

    private static Mark mark(Node node) {
        return node.getStartMark().orElseThrow();
    }

    /** Marks count code points. */
    private static String head(String line, int column) {
        return line.substring(0, line.offsetByCodePoints(0, column));
    }

    private static String tail(String line, int column) {
        return line.substring(line.offsetByCodePoints(0, column));
    }

    @Override
    public String toString() {
        return String.join(end, lines);
    }
}
