// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Event.Observed;
import io.sluice.core.monitor.Event.Suspected;
import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.Observation.Failure;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A few servers, their network and their operator in virtual time, with the reducer watching as the monitor would have
 * it watch, and clients that write to whatever it calls the source. After every event the laws are checked.
 *
 * <p>What is right is known here: an operator who makes a server writable that takes nothing from another one
 * <em>promotes</em> it, and promotions are numbered (the server's era). A restart, a lost packet or a replica that
 * forgot its read_only promote nobody.
 */
final class Simulation {

    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long INTERVAL = 500 * MILLI;
    private static final long HASTY_INTERVAL = 100 * MILLI;
    private static final long TIMEOUT = 1000 * MILLI;
    /** No server is back before a probe has missed it. */
    private static final long START = INTERVAL + TIMEOUT;

    /** A probe under way, with what the server will say and what it was when it said so. */
    private record Flight(
            SimulatedServer server,
            Observation observation,
            long dueNanos,
            int era,
            @Nullable SimulatedServer followed,
            int eraOfFollowed) {}

    private final Random random;
    private final boolean recording;
    private final boolean excludesErrant;
    private final boolean fences;
    private final List<String> record = new ArrayList<>();
    private final List<SimulatedServer> servers = new ArrayList<>();
    private final List<Flight> flights = new ArrayList<>();
    private final Map<SimulatedServer, Long> nextProbe = new LinkedHashMap<>();
    /** The era in which each server was when it, or one that follows it, gave its last answer. */
    private final Map<BackendAddress, Integer> eraSeen = new LinkedHashMap<>();

    private TopologyState state;
    private long now = Duration.ofHours(1).toNanos();
    private int eras = 1;
    private int newestEraElected;
    /** Events are numbered: since which one a server has shown to be writable and without a source in every answer. */
    private final Map<BackendAddress, Integer> writableSince = new LinkedHashMap<>();

    private final Set<BackendAddress> watched = new HashSet<>();
    private final Set<BackendAddress> formerSources = new HashSet<>();
    private int events;
    private int electedAt;
    private @Nullable BackendAddress lastSource;
    private int disturbances = 1;
    private int turns;
    private boolean mended;

    Simulation(Random random, boolean recording, boolean excludesErrant, boolean fences) {
        this.random = random;
        this.recording = recording;
        this.excludesErrant = excludesErrant;
        this.fences = fences;
        boolean mariadb = random.nextInt(4) == 0;
        int size = 2 + random.nextInt(4);
        for (int i = 1; i <= size; i++) {
            SimulatedServer server = new SimulatedServer(i, mariadb);
            if (i == 1) {
                server.era = 1;
            } else {
                server.follow(servers.get(random.nextInt(3) == 0 ? random.nextInt(servers.size()) : 0));
                server.readOnly = true;
            }
            servers.add(server);
        }
        state = unprobed();
    }

    private TopologyState unprobed() {
        Map<BackendAddress, Integer> weights = new LinkedHashMap<>();
        servers.forEach(server -> weights.put(server.address, 1));
        return TopologyState.unprobed(weights, excludesErrant);
    }

    List<String> record() {
        return record;
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            if (random.nextInt(4) == 0) {
                disturb();
            }
            step();
        }
    }

    /** Whatever went before: the operator mends all, and before long there is one source, which stays. */
    void mend() {
        SimulatedServer source = servers.get(0);
        for (SimulatedServer server : servers) {
            source = server.era > source.era ? server : source;
        }
        log("mend: all follow " + source.address.host());
        mended = true;
        source.up = true;
        mendNetwork(source);
        source.follow(null);
        source.readOnly = true;
        for (SimulatedServer server : servers) {
            if (server != source) {
                mendNetwork(server);
                server.rebuildFrom(source, now);
            }
        }
        rest(30);
        source.readOnly = false;
        source.era = ++eras;
        rest(40);
        int turnsBefore = turns;
        rest(30);
        BackendAddress elected = state.source();
        require(source.address.equals(elected), () -> "the mended cluster has " + elected + " for its source");
        require(turns == turnsBefore, () -> "the mended cluster does not come to rest");
    }

    private static void mendNetwork(SimulatedServer server) {
        server.hung = false;
        server.cutOff = false;
        server.cutFromSource = false;
        server.refusal = null;
    }

    private void rest(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
        }
    }

    private void step() {
        now += (10 + random.nextInt(150)) * MILLI;
        for (SimulatedServer server : servers) {
            server.replicate(random.nextInt(20) == 0);
        }
        write();
        for (SimulatedServer server : servers) {
            ask(server);
        }
        land();
    }

    /** A client writes to the source, and tells the monitor if it could not. */
    private void write() {
        BackendAddress address = state.source();
        if (address == null || random.nextInt(3) == 0) {
            return;
        }
        SimulatedServer source = server(address);
        if (source.reachable() && !source.readOnly) {
            source.write();
        } else if (!state.isSuspected(address)) {
            take(new Suspected(address, "connection reset"));
        }
    }

    private void ask(SimulatedServer server) {
        if (flights.stream().anyMatch(flight -> flight.server == server)
                || now < nextProbe.getOrDefault(server, Long.MIN_VALUE)) {
            return;
        }
        boolean lost = !mended && random.nextInt(200) == 0;
        Observation observation = lost
                ? new Failure(server.address, now, now + TIMEOUT, Kind.TIMEOUT, false, "")
                : server.observe(now, now + random.nextInt(100) * MILLI, random.nextBoolean());
        if (lost) {
            disturbances++;
        }
        boolean silent = observation instanceof Failure failure && failure.kind() == Kind.TIMEOUT;
        long due = silent ? now + TIMEOUT : observation.receivedNanos();
        SimulatedServer followed = server.follows;
        int eraOfFollowed = followed == null ? 0 : followed.era;
        flights.add(new Flight(server, observation, due, server.era, followed, eraOfFollowed));
        nextProbe.put(server, now + (state.isUneasy() ? HASTY_INTERVAL : INTERVAL));
    }

    private void land() {
        for (Flight flight : List.copyOf(flights)) {
            if (flight.dueNanos <= now) {
                flights.remove(flight);
                if (flight.observation instanceof Answer) {
                    eraSeen.merge(flight.server.address, flight.era, Math::max);
                    if (flight.followed != null) {
                        eraSeen.merge(flight.followed.address, flight.eraOfFollowed, Math::max);
                    }
                }
                take(new Observed(flight.observation));
            }
        }
    }

    private void take(Event event) {
        BackendAddress before = state.source();
        TopologyState known = state;
        events++;
        if (event instanceof Observed observed) {
            notice(observed.observation());
        }
        state = TopologyReducer.reduce(state, event);
        BackendAddress source = state.source();
        if (before == null ? source != null : !before.equals(source)) {
            turns++;
            log("source: " + source + " (" + state.why() + ")");
        }
        checkRoles(source);
        if (source != null) {
            checkEras(source, source.equals(before));
            checkErrant(known, source);
            lastSource = source;
            formerSources.add(source);
        }
        checkPositions();
        fence();
        require(turns <= 2 * disturbances, () -> turns + " turns after " + disturbances + " disturbances");
    }

    /** An old source that reappears writable may have been promoted or not: only who was watched is believed. */
    private void notice(Observation observation) {
        BackendAddress address = observation.address();
        if (!(observation instanceof Answer answer)) {
            watched.remove(address);
        } else if (answer.readOnly() || !answer.channels().isEmpty()) {
            watched.add(address);
            writableSince.remove(address);
            if (answer.channels().stream().anyMatch(Channel::isActive)) {
                formerSources.remove(address);
            }
        } else {
            boolean believed = watched.contains(address) || !formerSources.contains(address);
            writableSince.putIfAbsent(address, believed ? events : 0);
        }
    }

    /** As one who fences at once would do, after a last look at both. */
    private void fence() {
        WritableRivals seen = WritableRivals.in(state);
        BackendAddress source = seen.source();
        require(source == null || source.equals(state.source()), () -> "undecided, but fences for " + source);
        for (BackendAddress rival : seen.rivals()) {
            require(!rival.equals(state.source()), () -> rival + " is the source, and to be fenced");
            SimulatedServer fenced = server(rival);
            if (fences && source != null && isWritableNow(server(source)) && isWritableNow(fenced)) {
                log("fenced: " + fenced);
                fenced.readOnly = true;
            }
        }
    }

    private static boolean isWritableNow(SimulatedServer server) {
        return server.reachable() && server.refusal == null && !server.readOnly;
    }

    private void checkRoles(@Nullable BackendAddress source) {
        int sources = 0;
        for (Member member : state.topology().members()) {
            sources += member.role() == Role.SOURCE ? 1 : 0;
            boolean reads = member.role() == Role.SOURCE || !excludesErrant || member.errant() == 0;
            require(member.readable() == reads, () -> member + " must" + (reads ? "" : " not") + " serve reads");
        }
        require(sources == (source == null ? 0 : 1), () -> "sources in " + state.topology());
    }

    private void checkEras(BackendAddress source, boolean remains) {
        int era = eraSeen.getOrDefault(source, 0);
        if (remains && era == 0) {
            return; // It was rebuilt since its last answer.
        }
        require(era > 0, () -> source + " is the source, but nobody promoted it");
        boolean followed = false;
        for (MemberState member : state.members()) {
            followed |= followsNow(member, source);
        }
        if (!source.equals(lastSource)) {
            // Two promotions that were both missed cannot be put in their order, but for those who follow.
            MemberState last = TopologyState.find(state.members(), lastSource);
            boolean obeyed = followed || (last != null && pointsTo(last, source));
            boolean known = writableSince.getOrDefault(source, 0) < electedAt && !obeyed;
            require(
                    era > newestEraElected || !known,
                    () -> source + " of era " + era + " again, after " + lastSource + " of era " + newestEraElected);
            electedAt = events;
        }
        newestEraElected = era;
        for (MemberState newer : state.members()) {
            boolean candidate = newer.online() && newer.isWritable() && eraSeen(newer) > era && leadsAlone(newer);
            boolean news = writableSince.getOrDefault(newer.address(), 0) > electedAt;
            if (candidate && news && !followed) {
                for (MemberState member : state.members()) {
                    require(
                            !followsNow(member, newer.address()),
                            () -> source + " is the source, but was left for " + newer.address());
                }
            }
        }
    }

    /** Who has what the last source lacked takes its place only if somebody follows it, or it is alone. */
    private void checkErrant(TopologyState known, BackendAddress source) {
        MemberState before = TopologyState.find(known.members(), source);
        if (!excludesErrant
                || source.equals(known.previous())
                || before == null
                || !before.errant().isAny()) {
            return;
        }
        ReplicationGraph graph = new ReplicationGraph(state.members());
        boolean wanted =
                state.members().stream().anyMatch(member -> member.online() && graph.follows(member.address(), source));
        boolean alone = true;
        for (MemberState member : state.members()) {
            MemberState earlier = TopologyState.find(known.members(), member.address());
            alone &= !member.online() || (earlier != null && earlier.errant().isAny());
        }
        require(wanted || alone, () -> source + " is the source, with errant transactions and nobody after it");
    }

    private int eraSeen(MemberState member) {
        return eraSeen.getOrDefault(member.address(), 0);
    }

    private static boolean leadsAlone(MemberState member) {
        Answer answer = member.answer();
        return answer != null && answer.channels().isEmpty();
    }

    private boolean followsNow(MemberState member, BackendAddress source) {
        return member.answer() != null && member.answer().readOnly() && pointsTo(member, source);
    }

    private static boolean pointsTo(MemberState member, BackendAddress source) {
        Answer answer = member.answer();
        return member.online()
                && answer != null
                && !answer.channels().isEmpty()
                && answer.channels().get(0).sourceHost().equals(source.host());
    }

    private void checkPositions() {
        for (Member member : state.topology().members()) {
            SimulatedServer server = server(member.address());
            boolean same = member.observedAtNanos() > server.rebuiltNanos;
            require(
                    !same || server.executed().contains(member.executed()),
                    () -> member.address() + " is said to have what it has not");
        }
    }

    private void disturb() {
        disturbances++;
        SimulatedServer server = servers.get(random.nextInt(servers.size()));
        SimulatedServer other = servers.get(random.nextInt(servers.size()));
        String before = recording ? server.toString() : "";
        switch (random.nextInt(16)) {
            case 0 -> crash(server, now);
            case 1, 2 -> restart(server);
            case 3 -> server.hung = server.up;
            case 4 -> server.hung = false;
            case 5 -> server.cutOff = !server.cutOff;
            case 6 -> server.cutFromSource = !server.cutFromSource;
            case 7 -> mendNetwork(server);
            case 8 -> server.refusal = random.nextBoolean() ? Kind.TOO_MANY_CONNECTIONS : Kind.ACCESS_DENIED;
            case 9 -> server.refusal = null;
            case 10 -> flipReadOnly(server);
            case 11, 12 -> failOver(server);
            case 13 -> server.applying = !server.applying;
            case 14 -> repoint(server, other);
            case 15 -> rebuild(server);
            default -> throw new AssertionError();
        }
        if (recording && !server.toString().equals(before)) {
            log(before + " -> " + server);
        }
    }

    private static void crash(SimulatedServer server, long now) {
        server.downNanos = server.up ? now : server.downNanos;
        server.up = false;
        server.hung = false;
    }

    /** Comes back with what its configuration says, which may have no read_only; a replica goes on receiving. */
    private void restart(SimulatedServer server) {
        if (!server.up && now - server.downNanos >= START) {
            server.up = true;
            server.readOnly = server.follows != null ? server.readOnly || !server.receiving : random.nextBoolean();
        }
    }

    private void flipReadOnly(SimulatedServer server) {
        if (server.alive()) {
            server.readOnly = !server.readOnly;
            if (!server.readOnly && !server.receiving) {
                server.era = ++eras;
            }
        }
    }

    /** By the book, or as well as it goes: the others follow if they can be reached, the old source is fenced or not. */
    private void failOver(SimulatedServer next) {
        if (!next.alive() || next.follows == null) {
            return;
        }
        boolean fence = random.nextInt(4) != 0;
        for (SimulatedServer server : servers) {
            if (fence && server != next && server.alive() && server.follows == null) {
                server.readOnly = true;
            }
        }
        next.applyAll();
        next.follow(null);
        next.readOnly = false;
        next.era = ++eras;
        for (SimulatedServer server : servers) {
            if (server != next && server.alive() && server.readOnly && random.nextInt(4) != 0) {
                server.follow(next);
            }
        }
    }

    private void repoint(SimulatedServer server, SimulatedServer source) {
        // In a circle nobody could say who follows whom.
        for (SimulatedServer at = source; at != null; at = at.follows) {
            if (at == server) {
                return;
            }
        }
        if (server.alive() && server.readOnly && source.alive()) {
            server.follow(source);
        }
    }

    private void rebuild(SimulatedServer server) {
        SimulatedServer newest = server;
        for (SimulatedServer other : servers) {
            newest = other.alive() && !other.readOnly && other.era > newest.era ? other : newest;
        }
        if (newest != server && !server.up) {
            server.rebuildFrom(newest, now);
            eraSeen.remove(server.address);
        }
    }

    private SimulatedServer server(BackendAddress address) {
        for (SimulatedServer server : servers) {
            if (server.address.equals(address)) {
                return server;
            }
        }
        throw new AssertionError("no " + address);
    }

    private void log(String line) {
        if (recording) {
            record.add((now / MILLI - 3_600_000) + " ms " + line);
        }
    }

    private void require(boolean law, Supplier<String> breach) {
        if (!law) {
            state.members().forEach(member -> log("known: " + member));
            log("BROKEN: " + breach.get());
            throw new AssertionError(breach.get());
        }
    }
}
