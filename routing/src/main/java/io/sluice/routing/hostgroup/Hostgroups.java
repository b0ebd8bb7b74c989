// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.hostgroup;

import io.sluice.routing.hint.Hints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** All hostgroups there are, by number. Immutable. */
public final class Hostgroups {
    /** 0 is the source, 1 the replicas, as users of ProxySQL mostly have it. */
    public static final Hostgroups DEFAULT = new Hostgroups(List.of(), Map.of());

    private final Map<Integer, Hostgroup> byId = new HashMap<>();
    private final Map<String, Direction> byUser = new HashMap<>();
    private final Hostgroup source = Hostgroup.ofSource(0, "source");
    private final Hostgroup replicas = Hostgroup.ofReplicas(1, "replicas", null);
    private final List<Hostgroup> configured;
    private final List<Hostgroup> counted;
    private final Map<String, Integer> defaults;

    /**
     * @param configured those that are added, or take the place of 0 and 1
     * @param defaults the numbers of those where reads of users go that nothing else directs
     */
    public Hostgroups(Collection<Hostgroup> configured, Map<String, Integer> defaults) {
        byId.put(source.id(), source);
        byId.put(replicas.id(), replicas);
        this.configured = List.copyOf(configured);
        this.defaults = Map.copyOf(defaults);
        this.counted = List.of(first(this.configured, source), first(this.configured, replicas));
        configured.forEach(hostgroup -> byId.put(hostgroup.id(), hostgroup));
        defaults.forEach((user, id) -> {
            Hostgroup wanted = Objects.requireNonNull(byId.get(id), () -> "no hostgroup " + id);
            byUser.put(
                    user,
                    new Direction(Direction.By.USER, wanted, wanted.maxLag(), "default " + wanted + " of " + user));
        });
    }

    /**
     * The same hostgroups with other places where reads of users go that nothing else directs.
     *
     * @param defaults numbers of hostgroups that there are, by the users' names
     */
    public Hostgroups withDefaults(Map<String, Integer> defaults) {
        return new Hostgroups(configured, defaults);
    }

    /** The numbers of those where reads of users go that nothing else directs, by the users' names. */
    public Map<String, Integer> defaults() {
        return defaults;
    }

    /**
     * The same, with the source and the replicas counted in hostgroups of these numbers. All other numbers stay what they
     * are, so that there may be several of the same servers. Nobody's reads are directed by default.
     *
     * @throws IllegalArgumentException if one is the number of a hostgroup that has members, or both are the same
     */
    public Hostgroups withRoles(RoleNumbers numbers) {
        if (numbers.source() == numbers.replicas()) {
            throw new IllegalArgumentException("hostgroup " + numbers.source()
                    + " cannot be the source's and the replicas' too; give them two numbers");
        }
        List<Hostgroup> all = new ArrayList<>();
        all.add(Hostgroup.ofSource(numbers.source(), numbers.name()));
        all.add(Hostgroup.ofReplicas(
                numbers.replicas(), numbers.name(), ofReplicas().maxLag()));
        for (Hostgroup one : configured) {
            boolean taken = one.id() == numbers.source() || one.id() == numbers.replicas();
            if (taken && one.kind() == Hostgroup.Kind.MEMBERS) {
                throw new IllegalArgumentException(one + " has members in the configuration file; use another number");
            }
            if (!taken) {
                all.add(one);
            }
        }
        return new Hostgroups(all, Map.of());
    }

    /** Null if there is none of this number. */
    public @Nullable Hostgroup byId(int id) {
        return byId.get(id);
    }

    /** What the source is counted in: the first hostgroup configured for it; else the one that there always is. */
    public Hostgroup ofSource() {
        return counted.get(0);
    }

    /** What replicas are counted in: the first hostgroup configured for them; else the one that there always is. */
    public Hostgroup ofReplicas() {
        return counted.get(1);
    }

    /** What both are counted in, with the name that they have in common. */
    public RoleNumbers roles() {
        String name = ofSource().name();
        return new RoleNumbers(
                ofSource().id(), ofReplicas().id(), name.equals(ofReplicas().name()) ? name : "");
    }

    private static Hostgroup first(List<Hostgroup> configured, Hostgroup otherwise) {
        return configured.stream()
                .filter(hostgroup -> hostgroup.kind() == otherwise.kind())
                .findFirst()
                .orElse(otherwise);
    }

    /** Those that consist of listed servers, in the order of the configuration. */
    public List<Hostgroup> ofMembers() {
        return configured.stream()
                .filter(hostgroup -> hostgroup.kind() == Hostgroup.Kind.MEMBERS)
                .toList();
    }

    /** Where the user's reads go that nothing else directs. */
    public Direction ofUser(String user) {
        return byUser.getOrDefault(user, Direction.NONE);
    }

    /**
     * What the hints of a statement want; allocates nothing if there are none.
     *
     * @param otherwise where it goes without them
     */
    @SuppressWarnings("ReferenceEquality") // a text without hints has this very object
    public Direction direct(Hints hints, Direction otherwise) {
        if (hints == Hints.NONE) {
            return otherwise;
        }
        Hostgroup wanted = switch (hints.target()) {
            case SOURCE -> source;
            case REPLICA -> replicas;
            case ANY -> byId.get(hints.hostgroup());
        };
        List<String> said = new ArrayList<>();
        if (wanted != null) {
            said.add("hint " + wanted);
        }
        if (hints.maxLag() != null) {
            said.add("hint max_lag " + hints.maxLag().toMillis() + " ms");
        }
        hints.ignored().forEach(word -> said.add("unknown hint " + word));
        if (hints.hostgroup() != Hints.NO_HOSTGROUP && wanted == null) {
            said.add("there is no hostgroup " + hints.hostgroup());
        }
        if (wanted == null && !otherwise.origin().isEmpty()) {
            said.add(otherwise.origin());
        }
        String origin = String.join(", ", said);
        Duration maxLag = wanted == null ? otherwise.maxLag() : wanted.maxLag();
        if (hints.maxLag() != null) {
            maxLag = hints.maxLag();
        }
        return wanted == null
                ? new Direction(otherwise.by(), otherwise.hostgroup(), maxLag, origin, otherwise.isForced())
                : new Direction(Direction.By.HINT, wanted, maxLag, origin);
    }
}
