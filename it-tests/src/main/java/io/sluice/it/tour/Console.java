// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What the newcomer reads: aligned lines on standard output. */
final class Console {
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private Console() {}

    static void title(String text) {
        OUT.println();
        OUT.println(text);
    }

    static void line(String text) {
        OUT.println("  " + text);
    }

    static void item(String label, Object text) {
        OUT.printf("  %-34s %s%n", label, text);
    }
}
