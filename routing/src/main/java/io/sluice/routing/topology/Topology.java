// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.topology;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All servers at one moment. Immutable; the monitor publishes a new one whenever anything changed.
 *
 * <p>A class and not a record, since what every command asks for is computed once.
 */
public final class Topology {
    public static final Topology EMPTY = new Topology(0, List.of(), "");

    private final long version;
    private final List<Member> members;
    private final String note;
    private final @Nullable Member source;
    private final List<Member> replicas;
    private final boolean clustered;

    /**
     * @param version grows with every snapshot
     * @param note what is wrong with the whole, for people, such as two writable servers; empty when all is well
     */
    public Topology(long version, List<Member> members, String note) {
        this.version = version;
        this.members = List.copyOf(members);
        this.note = note;
        List<Member> sources = members.stream().filter(Member::isOnlineSource).collect(Collectors.toList());
        if (sources.size() > 1) {
            throw new IllegalArgumentException("two sources: " + sources.get(0).address() + " and "
                    + sources.get(1).address());
        }
        this.source = sources.isEmpty() ? null : sources.get(0);
        this.replicas = members.stream().filter(Member::isOnlineReplica).collect(Collectors.toUnmodifiableList());
        this.clustered = members.stream().anyMatch(Member::clustered);
        if (members.stream().map(Member::address).distinct().count() != members.size()) {
            throw new IllegalArgumentException("a server is listed twice: " + members);
        }
    }

    public long version() {
        return version;
    }

    public List<Member> members() {
        return members;
    }

    public String note() {
        return note;
    }

    /** The one online source, if there is one. */
    public Optional<Member> source() {
        return Optional.ofNullable(source);
    }

    /** The online replicas, in the order of {@link #members()}. */
    public List<Member> replicas() {
        return replicas;
    }

    public Optional<Member> member(BackendAddress address) {
        for (Member member : members) {
            if (member.address().equals(address)) {
                return Optional.of(member);
            }
        }
        return Optional.empty();
    }

    /** Whether the server there is a node of the cluster that the source belongs to. */
    public boolean isClustered(BackendAddress address) {
        return clustered && member(address).filter(Member::clustered).isPresent();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Topology that
                && version == that.version
                && members.equals(that.members)
                && note.equals(that.note);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(version) * 31 + members.hashCode();
    }

    @Override
    public String toString() {
        return "Topology[version=" + version + ", members=" + members + ", note=" + note + "]";
    }
}
