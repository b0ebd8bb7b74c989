// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A statement's text in pieces: quoted ones, words, blanks, single signs. Spells it in other ways that mean the same,
 * or that some server may take for the same. Knows nothing of the lexer that it is to test.
 */
final class Spelling {
    private static final Pattern PIECE = Pattern.compile(
            "'(?:[^'\\\\]|\\\\.|'')*'|\"(?:[^\"\\\\]|\\\\.|\"\")*\"|`[^`]*`"
                    + "|/\\*.*?\\*/|--\\s[^\n]*\n?|#[^\n]*\n?|[\\w$\\x80-\\uFFFF]+|\\s+|.",
            Pattern.DOTALL);

    private static final List<String> BLANKS =
            List.of(" ", "  ", "\n", "\t", "\r\n", " /**/ ", "/* ; ' \" ` */", " -- ' ;\n", " # \" /*\n", " /* /* */ ");

    private static final List<String> EXECUTABLE =
            List.of("/*!", "/*!50000 ", "/*!080000 ", "/*!99999 ", "/*M! ", "/*M!100000 ");

    private static final List<String> WRAPPERS = List.of(
            "(%s)",
            "((%s))",
            "( /* */ %s )",
            "SELECT 1 UNION %s",
            "SELECT 1 UNION ALL (%s)",
            "(SELECT 1) UNION (%s)",
            "WITH x AS (SELECT 1) %s",
            "WITH RECURSIVE x AS (SELECT 1), y(a, b) AS (SELECT 1, 2) %s",
            "WITH x AS (%s) SELECT * FROM x",
            "WITH x AS (SELECT 1), y AS (%s) SELECT * FROM x JOIN y",
            "SELECT * FROM (%s) AS x",
            "SELECT x.* FROM (SELECT * FROM (%s) y) x",
            "SELECT (%s) AS x",
            "SELECT EXISTS(%s), 1 IN (%s)",
            "SELECT 1 FROM t JOIN LATERAL (%s) AS x ON TRUE WHERE 1 IN (SELECT 2)");

    private Spelling() {}

    /** One way, or several after one another. */
    static String another(String sql, Random random) {
        String text = sql;
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            text = switch (random.nextInt(6)) {
                case 0 -> recased(text, random);
                case 1 -> respaced(text, random);
                case 2 -> executable(text, random);
                case 3 -> wrapped(text, random);
                case 4 -> inParentheses(text, random);
                default -> ended(text, random);
            };
        }
        return text;
    }

    private static List<String> pieces(String sql) {
        List<String> pieces = new ArrayList<>();
        Matcher matcher = PIECE.matcher(sql);
        while (matcher.find()) {
            pieces.add(matcher.group());
        }
        return pieces;
    }

    private static String recased(String sql, Random random) {
        return pieces(sql).stream()
                .map(piece -> isWord(piece) ? recasedWord(piece, random) : piece)
                .collect(Collectors.joining());
    }

    private static String recasedWord(String word, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> word.toLowerCase(Locale.ROOT);
            case 1 -> word.toUpperCase(Locale.ROOT);
            default ->
                word.chars()
                        .mapToObj(c -> String.valueOf((char) c))
                        .map(c -> random.nextBoolean() ? c.toLowerCase(Locale.ROOT) : c.toUpperCase(Locale.ROOT))
                        .collect(Collectors.joining());
        };
    }

    /** Other blanks, and blanks where there were none: around commas, parentheses and quotes. */
    private static String respaced(String sql, Random random) {
        StringBuilder text = new StringBuilder();
        String before = "";
        for (String piece : pieces(sql)) {
            boolean free = ",;=".contains(piece) || ",(;".contains(before) || piece.equals(")");
            if (!before.isEmpty() && free && !":<>!".contains(before) && random.nextInt(4) == 0) {
                text.append(blank(random));
            }
            text.append(piece.isBlank() ? blank(random) : piece);
            before = piece;
        }
        return text.toString();
    }

    private static String blank(Random random) {
        return BLANKS.get(random.nextInt(BLANKS.size()));
    }

    /** What stands between two blanks becomes the content of a comment that some servers execute. */
    private static String executable(String sql, Random random) {
        List<String> pieces = pieces(sql);
        if (sql.contains("*/") || sql.contains("#") || sql.contains("--")) {
            return sql; // comments do not nest
        }
        List<Integer> edges = new ArrayList<>(List.of(-1));
        for (int i = 0; i < pieces.size(); i++) {
            if (pieces.get(i).isBlank()) {
                edges.add(i);
            }
        }
        edges.add(pieces.size());
        int from = random.nextInt(edges.size() - 1);
        int to = from + 1 + random.nextInt(edges.size() - 1 - from);
        String opening = EXECUTABLE.get(random.nextInt(EXECUTABLE.size()));
        String inside = String.join("", pieces.subList(edges.get(from) + 1, edges.get(to)));
        boolean digits = !inside.isEmpty() && Character.isDigit(inside.charAt(0)) && !opening.endsWith(" ");
        return String.join("", pieces.subList(0, edges.get(from) + 1)) + opening + (digits ? " " : "") + inside + " */"
                + String.join("", pieces.subList(edges.get(to), pieces.size()));
    }

    private static String wrapped(String sql, Random random) {
        String begin = sql.replaceFirst("^[\\s(]+", "");
        if (!begin.toUpperCase(Locale.ROOT).matches("(?s)(SELECT|VALUES|TABLE)\\b.*")
                || sql.contains(";")
                || sql.contains("\0")) {
            return sql;
        }
        String ended = sql.contains("--") || sql.contains("#") ? sql + "\n" : sql;
        return WRAPPERS.get(random.nextInt(WRAPPERS.size())).replace("%s", ended);
    }

    /** Numbers and strings in parentheses, where a value stands. */
    private static String inParentheses(String sql, Random random) {
        StringBuilder text = new StringBuilder();
        String before = "";
        for (String piece : pieces(sql)) {
            boolean value = piece.startsWith("'") || piece.matches("[1-9]");
            boolean free = before.equals("(") || before.equals(",") || before.equals("=");
            text.append(value && free && random.nextBoolean() ? "(" + piece + ")" : piece);
            before = piece.isBlank() ? before : piece;
        }
        return text.toString();
    }

    private static String ended(String sql, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> sql + ";";
            case 1 -> sql + "\0";
            case 2 -> sql + "\n-- end";
            case 3 -> "/* begin */ " + sql;
            case 4 -> "\n# begin ;\n" + sql;
            default -> " ; " + sql;
        };
    }

    private static boolean isWord(String piece) {
        return Character.isLetter(piece.charAt(0));
    }
}
