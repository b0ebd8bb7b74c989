// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Something about the servers that an operator should know of.
 *
 * @param at by the clock of Sluice's host
 * @param event what it is, in the words of the log: {@code source_changed}, {@code server_offline} and such
 * @param facts by name, in the order to show them; {@code server} and {@code why} mostly, {@code from} and {@code to}
 *     of a change of the source, each of them an address or {@link #NONE}
 */
public record TopologyEvent(Instant at, String event, Map<String, String> facts) {
    public static final String SOURCE_CHANGED = "source_changed";

    /** In place of an address. */
    public static final String NONE = "none";

    private static final String WHY = "why";

    public TopologyEvent {
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    }

    /** The fact of that name; empty if there is none. */
    public String fact(String name) {
        return facts.getOrDefault(name, "");
    }

    /** Its line in the log. */
    public String line() {
        return "event=" + event
                + facts.entrySet().stream()
                        .map(fact -> " " + fact.getKey() + "="
                                + (fact.getKey().equals(WHY) ? '"' + fact.getValue() + '"' : fact.getValue()))
                        .collect(Collectors.joining());
    }
}
