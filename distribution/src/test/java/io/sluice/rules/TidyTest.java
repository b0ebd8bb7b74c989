// SPDX-License-Identifier: Apache-2.0
package io.sluice.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The house style as a test: walks the repository's Java sources and tells every breach with its place. */
final class TidyTest {
    private static final Path ROOT = Path.of("..");
    private static final int MOST_LINES = 500;
    private static final Pattern BAD_NAME = Pattern.compile(".*(Util|Utils|Manager|Helper|Impl)\\.java");
    private static final String LICENCE = "// SPDX-License-Identifier: Apache-2.0";

    /** The words are cut in two, so that this file is tidy. */
    private static final Map<Pattern, String> ANYWHERE = Map.of(
            Pattern.compile("FIX" + "ME"), "finish it, or open an issue",
            Pattern.compile("TO" + "DO(?! \\(#\\d+\\))"), "give the issue's number: TO" + "DO (#12)",
            Pattern.compile("print" + "StackTrace"), "log it, or throw it on",
            Pattern.compile("\\s$"), "remove the space at the line's end",
            Pattern.compile("\t"), "indent with spaces");

    private static final Map<Pattern, String> IN_MAIN =
            Map.of(Pattern.compile("System\\.(out|err)\\b"), "log it; only the command line prints");

    private static final Map<Pattern, String> ON_LOOPS =
            Map.of(Pattern.compile("\\.(sync|await|syncUninterruptibly|awaitUninterruptibly)\\(\\)"), "use a listener");

    /** They open and close ports, on the thread that starts and stops the proxy. */
    private static final Set<String> OFF_LOOPS =
            Set.of("Proxy.java", "ClientListeners.java", "HandOver.java", "TakeOver.java", "Listening.java");

    @Test
    void sources_are_tidy() throws IOException {
        List<String> breaches = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT)) {
            List<Path> sources = files.filter(TidyTest::isSource).toList();
            assertThat(sources).as("the walk sees the repository").hasSizeGreaterThan(20);
            for (Path source : sources) {
                breaches.addAll(breaches(source.normalize(), Files.readString(source)));
            }
            sources.stream()
                    .map(Path::getParent)
                    .distinct()
                    .filter(directory -> directory.toString().contains("src/main/"))
                    .filter(directory -> !Files.exists(directory.resolve("package-info.java")))
                    .forEach(directory -> breaches.add(directory + ": has no package-info.java"));
        }
        assertThat(breaches).isEmpty();
    }

    @Test
    void finds_what_is_untidy() {
        Path main = Path.of("m/src/main/java/io/sluice/core/UserManager.java");
        assertThat(breaches(
                        main,
                        "int a; \n// FIX" + "ME\n// TO" + "DO later\n// TO" + "DO (#7) later\nSystem.out\nf.sync();\n"))
                .hasSize(7);
        assertThat(breaches(Path.of("m/src/test/java/A.java"), LICENCE + "\nSystem.out;\nf.sync();\n"))
                .isEmpty();
        assertThat(breaches(Path.of("A.java"), LICENCE + "\n".repeat(MOST_LINES + 1)))
                .hasSize(1);
    }

    private static boolean isSource(Path path) {
        String name = path.toString();
        return name.endsWith(".java") && name.contains("/src/") && !name.contains("/target/");
    }

    private static List<String> breaches(Path source, String text) {
        List<String> breaches = new ArrayList<>();
        List<String> lines = text.lines().toList();
        boolean main = source.toString().contains("src/main/");
        // Programs that a person starts: they print, and wait on their main thread.
        boolean cli = source.toString().contains("io/sluice/cli/")
                || source.toString().contains("it-tests/src/main/");
        if (lines.isEmpty() || !lines.get(0).equals(LICENCE)) {
            breaches.add(source + ":1: the first line must be " + LICENCE);
        }
        if (BAD_NAME.matcher(source.getFileName().toString()).matches()) {
            breaches.add(source + ": name it after what it is");
        }
        if (lines.size() > MOST_LINES) {
            breaches.add(source + ": has " + lines.size() + " lines; split it below " + MOST_LINES);
        }
        for (int i = 0; i < lines.size(); i++) {
            String place = source + ":" + (i + 1) + ": ";
            find(ANYWHERE, lines.get(i), place, breaches);
            if (main && !cli) {
                find(IN_MAIN, lines.get(i), place, breaches);
            }
            if (main && !cli && !OFF_LOOPS.contains(source.getFileName().toString())) {
                find(ON_LOOPS, lines.get(i), place, breaches);
            }
        }
        return breaches;
    }

    private static void find(Map<Pattern, String> banned, String line, String place, List<String> breaches) {
        banned.forEach((pattern, remedy) -> {
            if (pattern.matcher(line).find()) {
                breaches.add(place + "\"" + pattern + "\": " + remedy);
            }
        });
    }
}
