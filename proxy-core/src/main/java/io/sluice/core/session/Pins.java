// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.sql.Pin;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Why a session keeps its connection. What was taken by name is let go by name, as often as it was taken; what has no
 * name is let go with all of its kind. Confined to the session's event loop.
 */
final class Pins {
    /** With more names of one kind they are not told apart any longer. */
    private static final int MAX_NAMES = 256;

    private static final String NO_NAME = "";

    private final Map<Pin, Map<String, Integer>> held = new EnumMap<>(Pin.class);

    /** Holds what has no name, or one that is not known. */
    void hold(Pin pin) {
        names(pin).put(NO_NAME, 1);
    }

    /** Holds what there is once at most, such as a table. */
    void hold(Pin pin, String name) {
        names(pin).put(hasRoom(pin) ? name : NO_NAME, 1);
    }

    /** Holds what must be let go as often as it was taken, such as a lock. */
    void holdAgain(Pin pin, String name) {
        names(pin).merge(hasRoom(pin) ? name : NO_NAME, 1, Integer::sum);
    }

    private Map<String, Integer> names(Pin pin) {
        return held.computeIfAbsent(pin, key -> new HashMap<>(4));
    }

    private boolean hasRoom(Pin pin) {
        return names(pin).size() < MAX_NAMES;
    }

    void letGo(Pin pin, String name) {
        Map<String, Integer> names = held.get(pin);
        if (names != null) {
            names.computeIfPresent(name, (key, times) -> times == 1 ? null : times - 1);
            if (names.isEmpty()) {
                held.remove(pin);
            }
        }
    }

    void letGoAll(Pin pin) {
        held.remove(pin);
    }

    void clear() {
        held.clear();
    }

    boolean has(Pin pin) {
        return held.containsKey(pin);
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    /** The kinds, as {@code [TEMPORARY_TABLE, NAMED_LOCK]}. */
    @Override
    public String toString() {
        return held.keySet().toString();
    }
}
