// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as people write them: {@code 500ms}, {@code 8h}, {@code 64KiB}. A number without unit is none. */
final class Quantity {
    static final String DURATION_FORM = "write a number and a unit, such as 500ms, 10s, 5m, 8h or 30d";
    static final String SIZE_FORM = "write a number and a unit, such as 512B, 64KiB, 16MiB or 1GiB";

    private static final Pattern FORM = Pattern.compile("([0-9]{1,15}) ?([A-Za-z]+)");
    private static final Map<String, Long> MILLIS =
            units("ms", 1, "s", 1_000, "m", 60_000, "h", 3_600_000, "d", 86_400_000);
    private static final Map<String, Long> BYTES = units("B", 1, "KiB", 1 << 10, "MiB", 1 << 20, "GiB", 1 << 30);

    private Quantity() {}

    static Optional<Duration> duration(String text) {
        return text.equals("0")
                ? Optional.of(Duration.ZERO)
                : number(text, MILLIS).map(Duration::ofMillis);
    }

    static Optional<Long> size(String text) {
        return text.equals("0") ? Optional.of(0L) : number(text, BYTES);
    }

    private static Optional<Long> number(String text, Map<String, Long> units) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return units.entrySet().stream()
                .filter(unit -> unit.getKey()
                        .toLowerCase(Locale.ROOT)
                        .equals(matcher.group(2).toLowerCase(Locale.ROOT)))
                .findFirst()
                .filter(unit -> number <= Long.MAX_VALUE / unit.getValue())
                .map(unit -> number * unit.getValue());
    }

    private static Map<String, Long> units(Object... pairs) {
        Map<String, Long> units = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            units.put((String) pairs[i], ((Number) pairs[i + 1]).longValue());
        }
        return units;
    }
}
