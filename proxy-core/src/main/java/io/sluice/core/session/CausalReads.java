// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Whose writes a session's reads must see. Shared by all event loops.
 *
 * <p>Where they are those of other sessions too, reads at first need all that the source has had after the start: a
 * Sluice that ran here before has told its clients of writes that this one does not know.
 */
public final class CausalReads {
    private final Function<String, Writes> ofUser;

    private CausalReads(Function<String, Writes> ofUser) {
        this.ofUser = ofUser;
    }

    /** Nobody's, not even its own. */
    public static CausalReads off() {
        Writes none = new Writes(false);
        return new CausalReads(user -> none);
    }

    /** Its own. */
    public static CausalReads session() {
        return new CausalReads(user -> new Writes(true));
    }

    /** Those of all sessions that logged in by the same name. */
    public static CausalReads user(long startedAtNanos) {
        Map<String, Writes> users = new ConcurrentHashMap<>(); // as many as there are accounts
        return new CausalReads(user -> users.computeIfAbsent(user, name -> since(startedAtNanos)));
    }

    /** All that go through this Sluice. */
    public static CausalReads global(long startedAtNanos) {
        Writes all = since(startedAtNanos);
        return new CausalReads(user -> all);
    }

    private static Writes since(long nanos) {
        Writes writes = new Writes(true);
        writes.addAt(nanos);
        return writes;
    }

    Writes of(String user) {
        return ofUser.apply(user);
    }
}
