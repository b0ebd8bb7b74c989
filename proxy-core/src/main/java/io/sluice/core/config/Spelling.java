// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant: the nearest by edits (insert, delete, replace, swap of neighbours). */
public final class Spelling {
    private Spelling() {}

    /** The nearest of {@code known}, if it is near enough to be a slip of the hand. */
    public static Optional<String> nearest(String word, Collection<String> known) {
        String typed = normal(word);
        return known.stream()
                .filter(candidate -> distance(typed, normal(candidate)) <= Math.max(1, Math.min(typed.length(), 9) / 3))
                .min(Comparator.comparingInt(candidate -> distance(typed, normal(candidate))));
    }

    /** Camel case, dashes and capitals are the usual guesses: maxLag and max-lag are no further from max_lag than nothing. */
    private static String normal(String word) {
        return word.replaceAll("([a-z])([A-Z])", "$1_$2").replace('-', '_').toLowerCase(Locale.ROOT);
    }

    static int distance(String a, String b) {
        int[][] edits = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                edits[i][j] = i == 0 ? j : j == 0 ? i : step(edits, a, b, i, j);
            }
        }
        return edits[a.length()][b.length()];
    }

    private static int step(int[][] edits, String a, String b, int i, int j) {
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, edits[i - 2][j - 2] + 1) : least;
    }
}
