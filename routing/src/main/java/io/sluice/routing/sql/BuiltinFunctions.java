// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.topology.ServerVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which functions which server has built in: a table in {@code builtin-functions.txt}. Immutable. */
final class BuiltinFunctions {
    private static final String TABLE = "builtin-functions.txt";
    private static final Map<String, List<Range>> RANGES = load();

    /** Versions of one flavor, both ends included. */
    private record Range(boolean mariadb, int first, int last) {}

    private BuiltinFunctions() {}

    /** @param version null: any server's, newest or oldest */
    static boolean has(String upperCaseName, @Nullable ServerVersion version) {
        List<Range> ranges = RANGES.get(upperCaseName);
        if (ranges == null || version == null) {
            return ranges != null;
        }
        for (Range range : ranges) {
            if (range.mariadb == version.isMariadb()
                    && range.first <= version.number()
                    && version.number() <= range.last) {
                return true;
            }
        }
        return false;
    }

    private static Map<String, List<Range>> load() {
        Map<String, List<Range>> ranges = new HashMap<>();
        try (InputStream stream = BuiltinFunctions.class.getResourceAsStream(TABLE)) {
            if (stream == null) {
                throw new AssertionError(TABLE + " is missing");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    group(line, ranges);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(ranges);
    }

    private static void group(String line, Map<String, List<Range>> ranges) {
        String[] columns = line.split("\\|", -1);
        for (String name : columns[2].strip().split(" +", -1)) {
            List<Range> known = ranges.computeIfAbsent(name, unused -> new ArrayList<>());
            add(known, false, columns[0].strip());
            add(known, true, columns[1].strip());
        }
    }

    private static void add(List<Range> known, boolean mariadb, String range) {
        if (range.equals("-")) {
            return;
        }
        int dots = range.indexOf("..");
        String first = range.substring(0, dots);
        String last = range.substring(dots + 2);
        known.add(new Range(
                mariadb,
                first.isEmpty() ? 0 : Integer.parseInt(first),
                last.isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(last)));
    }
}
