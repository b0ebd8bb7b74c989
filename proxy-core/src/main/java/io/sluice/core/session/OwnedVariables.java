// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.SessionSetup;
import io.sluice.core.backend.SessionVariables;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.routing.topology.Flavor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The client's wishes for variables that on connections to servers are Sluice's: how long a server waits for its peer.
 * A connection has them, and the {@link ClientTrackers}, only while a statement runs that reads or sets them.
 */
final class OwnedVariables {
    private static final List<String> TIMEOUTS =
            List.of("wait_timeout", "interactive_timeout", "net_read_timeout", "net_write_timeout");

    private final Map<String, String> wishes = new HashMap<>(4);

    static boolean contains(String name) {
        return TIMEOUTS.contains(name);
    }

    /** The client has set a variable; the value is as a server tells it. */
    void set(String name, String value) {
        wishes.put(name.toLowerCase(Locale.ROOT), value);
    }

    /** Takes the timeouts from among what a server reported. */
    void take(List<SessionChanges.Variable> changes) {
        for (SessionChanges.Variable change : changes) {
            if (TIMEOUTS.contains(change.name())) {
                set(change.name(), change.value());
            }
        }
    }

    void reset() {
        wishes.clear();
    }

    /** What brings a connection to the client's wishes, for the time of a statement. */
    String toShow() {
        return TIMEOUTS.stream().map(this::assignment).collect(Collectors.joining(",", "SET ", ""));
    }

    private String assignment(String name) {
        String wish = wishes.get(name);
        return "@@session." + name + "=" + (wish == null ? "DEFAULT" : SessionVariables.literal(name, wish));
    }

    /** What brings a connection back to Sluice's own values. */
    static String toHide(Flavor flavor) {
        return TIMEOUTS.stream()
                .map(name -> name + "=DEFAULT")
                .collect(Collectors.joining(",", SessionSetup.trackEverything(flavor) + ",", ""));
    }

    /** How long the client may say nothing, if it has said so itself; else {@code otherwise}. */
    Duration idleTimeout(Duration otherwise) {
        String wish = wishes.get("wait_timeout");
        if (wish == null) {
            return otherwise;
        }
        Duration own = Duration.ofSeconds(Long.parseLong(wish));
        return own.compareTo(otherwise) < 0 ? own : otherwise;
    }
}
