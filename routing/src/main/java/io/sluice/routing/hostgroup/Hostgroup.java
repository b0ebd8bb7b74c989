// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.hostgroup;

import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Servers that reads can be directed to, by their role or by name. Two are told apart by identity: there is one object
 * of each.
 */
public final class Hostgroup {
    /** Which servers are in it. */
    public enum Kind {
        /** The source, whichever it is. */
        SOURCE,
        /** All replicas. */
        REPLICAS,
        /** Those that are listed, whatever their role. */
        MEMBERS
    }

    private final int id;
    private final String name;
    private final Kind kind;
    private final Set<BackendAddress> members;
    private final @Nullable Duration maxLag;

    private Hostgroup(int id, String name, Kind kind, Set<BackendAddress> members, @Nullable Duration maxLag) {
        this.id = id;
        this.name = name;
        this.kind = kind;
        this.members = Set.copyOf(members);
        this.maxLag = maxLag;
    }

    public static Hostgroup ofSource(int id, String name) {
        return new Hostgroup(id, name, Kind.SOURCE, Set.of(), null);
    }

    /**
     * Of all replicas.
     *
     * @param maxLag how far behind a replica may be to serve it; null: as far as any
     */
    public static Hostgroup ofReplicas(int id, String name, @Nullable Duration maxLag) {
        return new Hostgroup(id, name, Kind.REPLICAS, Set.of(), maxLag);
    }

    /**
     * Of these servers.
     *
     * @param maxLag how far behind one of its replicas may be to serve it; null: as far as any
     */
    public static Hostgroup ofMembers(int id, String name, Set<BackendAddress> members, @Nullable Duration maxLag) {
        return new Hostgroup(id, name, Kind.MEMBERS, members, maxLag);
    }

    public int id() {
        return id;
    }

    /** For people; may be empty. */
    public String name() {
        return name;
    }

    public Kind kind() {
        return kind;
    }

    /** Empty but for {@link Kind#MEMBERS}. */
    public Set<BackendAddress> members() {
        return members;
    }

    /** Null if nothing else is said of it than of all replicas. */
    public @Nullable Duration maxLag() {
        return maxLag;
    }

    @Override
    public String toString() {
        return name.isEmpty() ? "hostgroup " + id : "hostgroup " + id + " (" + name + ")";
    }
}
