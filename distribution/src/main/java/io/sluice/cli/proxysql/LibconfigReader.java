// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli.proxysql;

import io.sluice.cli.proxysql.Origin.Row;
import io.sluice.cli.proxysql.Origin.Unreadable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads proxysql.cnf: settings of libconfig, of which groups of variables and lists of groups have a meaning. */
final class LibconfigReader {
    private final Scanner in;

    private LibconfigReader(String text) {
        in = new Scanner(text);
    }

    /** A group with the line that it begins in. */
    private record Group(int line, Map<String, Object> values) {}

    static Origin read(String text) throws Unreadable {
        LibconfigReader reader = new LibconfigReader(text);
        Map<String, Object> settings = reader.settings(false);
        Origin origin = new Origin();
        settings.forEach((name, value) -> add(origin, name, value));
        return origin;
    }

    private static void add(Origin origin, String name, Object value) {
        if (value instanceof Group group && name.endsWith("_variables")) {
            String prefix =
                    name.substring(0, name.length() - "variables".length()).replace('_', '-');
            group.values().forEach((key, one) -> origin.set(prefix + key, String.valueOf(one)));
        } else if (value instanceof List<?> list) {
            for (Object item : list) {
                if (item instanceof Group row) {
                    Map<String, String> columns = new LinkedHashMap<>();
                    row.values().forEach((key, one) -> columns.put(key.toLowerCase(Locale.ROOT), String.valueOf(one)));
                    origin.add(name, new Row(row.line(), columns));
                }
            }
        } else {
            origin.set(name, String.valueOf(value));
        }
    }

    /** Until the end of the file, or the brace that ends a group. */
    private Map<String, Object> settings(boolean inGroup) throws Unreadable {
        Map<String, Object> settings = new LinkedHashMap<>();
        while (true) {
            skip();
            if (inGroup && in.take("}")) {
                return settings;
            }
            if (in.atEnd() && !inGroup) {
                return settings;
            }
            if (in.sees("@include")) {
                throw new Unreadable(in, "@include is not followed; put what it includes in its place");
            }
            String name = in.takeWhile(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '*');
            if (name.isEmpty()) {
                throw new Unreadable(in, "the name of a setting is expected, not " + in.here());
            }
            skip();
            if (!in.take("=") && !in.take(":")) {
                throw new Unreadable(in, "'=' is expected after " + name + ", not " + in.here());
            }
            settings.put(name, value());
            skip();
            if (!in.take(";")) {
                in.take(",");
            }
        }
    }

    private Object value() throws Unreadable {
        skip();
        int line = in.line();
        if (in.take("{")) {
            return new Group(line, settings(true));
        }
        if (in.take("(")) {
            return list(")");
        }
        if (in.take("[")) {
            return list("]");
        }
        if (in.peek() == '"') {
            return texts();
        }
        String word = in.takeWhile(c -> Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '+');
        if (word.equalsIgnoreCase("true") || word.equalsIgnoreCase("false")) {
            return word.toLowerCase(Locale.ROOT);
        }
        if (word.matches("[-+]?[0-9]+L{0,2}")) {
            return word.replace("L", "").replace("+", "");
        }
        if (word.matches("0[xX][0-9a-fA-F]{1,15}L{0,2}")) {
            return Long.toString(Long.parseLong(word.substring(2).replace("L", ""), 16));
        }
        if (word.matches("[-+]?[0-9]*\\.?[0-9]*([eE][-+]?[0-9]+)?") && !word.isEmpty()) {
            return word;
        }
        throw new Unreadable(in, "a value is expected, not " + (word.isEmpty() ? in.here() : "'" + word + "'"));
    }

    private List<Object> list(String end) throws Unreadable {
        List<Object> items = new ArrayList<>();
        while (true) {
            skip();
            if (in.take(end)) {
                return items;
            }
            items.add(value());
            skip();
            if (!in.take(",") && !in.sees(end)) {
                throw new Unreadable(in, "',' or '" + end + "' is expected, not " + in.here());
            }
        }
    }

    /** Several in a row are one. */
    private String texts() throws Unreadable {
        StringBuilder text = new StringBuilder();
        while (in.take("\"")) {
            while (!in.take("\"")) {
                char c = in.next();
                text.append(c == '\\' ? escaped() : c);
            }
            skip();
        }
        return text.toString();
    }

    private char escaped() throws Unreadable {
        char c = in.next();
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            case 'f' -> '\f';
            case 'x' -> hex();
            default -> c;
        };
    }

    private char hex() throws Unreadable {
        String digits = "" + in.next() + in.next();
        if (!digits.matches("[0-9a-fA-F]{2}")) {
            throw new Unreadable(in, "\\x wants two hex digits");
        }
        return (char) Integer.parseInt(digits, 16);
    }

    private void skip() {
        while (true) {
            in.skipSpace();
            if (in.sees("#") || in.sees("//")) {
                in.skipTo("\n");
            } else if (in.take("/*")) {
                in.skipTo("*/");
            } else {
                return;
            }
        }
    }
}
