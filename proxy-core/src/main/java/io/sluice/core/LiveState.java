// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.session.LoopScope;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshots that all event loops read: one writer each, no locks for readers. */
final class LiveState {
    private static final Logger LOG = LoggerFactory.getLogger(LiveState.class);
    private static final String SILENT = "the replica does not answer";
    private static final String REPLACED = "another server has replaced it as the source";

    private volatile Topology observed = Topology.EMPTY;
    private volatile Topology topology = Topology.EMPTY;
    private volatile List<LoopScope> scopes = List.of();
    private final DeposedSources deposed = new DeposedSources();
    /** Servers that an operator has taken out, and why; also while they are not listed. Guarded by this. */
    private final Map<BackendAddress, String> withheld = new LinkedHashMap<>();
    /** Guarded by this. */
    private @Nullable BackendAddress lastSource;

    /** What routing goes by: as observed, but for the servers that are withheld. */
    Topology topology() {
        return topology;
    }

    /** As the monitor sees the servers. */
    Topology observed() {
        return observed;
    }

    void setScopes(List<LoopScope> all) {
        scopes = List.copyOf(all);
    }

    List<LoopScope> scopes() {
        return scopes;
    }

    /** Called by the monitor's thread. Loops where commands are held are told; the others look when they route. */
    synchronized void publish(Topology next) {
        List<BackendAddress> silent = fallenSilent(observed, next);
        List<BackendAddress> gone = missingIn(next);
        List<BackendAddress> exchanged = exchanged(observed, next);
        List<BackendAddress> lost = wentOffline(observed, next);
        observed = next;
        show();
        for (BackendAddress address : gone) {
            scopes.forEach(scope -> scope.loop().execute(() -> scope.retire(address)));
        }
        lost.forEach(this::outdate);
        for (BackendAddress address : exchanged) {
            LOG.info("event=server_exchanged server={} effect=\"connections to the former one are closed\"", address);
            outdate(address);
        }
        next.source().ifPresent(source -> follow(source.address(), next));
        for (BackendAddress address : deposed.lostBy(next)) {
            scopes.forEach(scope -> scope.loop().execute(() -> scope.abandon(address, REPLACED)));
        }
        for (BackendAddress address : silent) {
            scopes.forEach(scope -> scope.loop().execute(() -> scope.abandonUnanswered(address, SILENT)));
        }
    }

    /** The replicas that answer no more: a server that hangs keeps its sockets, so that reads there would never end. */
    static List<BackendAddress> fallenSilent(Topology before, Topology next) {
        List<BackendAddress> lost = wentOffline(before, next);
        return before.replicas().stream()
                .map(Member::address)
                .filter(lost::contains)
                .toList();
    }

    /**
     * The servers that answer no more. Whatever was opened there is not handed out again: a machine that lost its power
     * has forgotten it by the time it is back, and a write sent there would have an unknown outcome.
     */
    static List<BackendAddress> wentOffline(Topology before, Topology next) {
        return before.members().stream()
                .filter(Member::online)
                .map(Member::address)
                .filter(address ->
                        next.member(address).filter(member -> !member.online()).isPresent())
                .toList();
    }

    /** The addresses that lead to another server now: a name has moved, or what listens there was replaced. */
    static List<BackendAddress> exchanged(Topology before, Topology next) {
        return before.members().stream()
                .filter(member -> !member.serverUuid().isEmpty())
                .filter(member -> next.member(member.address())
                        .map(Member::serverUuid)
                        .filter(uuid -> !uuid.isEmpty() && !uuid.equals(member.serverUuid()))
                        .isPresent())
                .map(Member::address)
                .toList();
    }

    private List<BackendAddress> missingIn(Topology next) {
        return observed.members().stream()
                .map(Member::address)
                .filter(address -> next.member(address).isEmpty())
                .toList();
    }

    synchronized void withhold(BackendAddress server, String why) {
        withheld.put(server, why);
        show();
    }

    synchronized void release(BackendAddress server) {
        withheld.remove(server);
        show();
    }

    /** What was opened to a source is closed once it is none any more. */
    private void follow(BackendAddress source, Topology next) {
        BackendAddress before = lastSource;
        lastSource = source;
        if (before == null || before.equals(source)) {
            return;
        }
        outdate(before);
        // Behind a cut that heals it would execute what is on its way there, and nobody would ever see that.
        if (next.member(before).filter(DeposedSources::takesWrites).isPresent()) {
            scopes.forEach(scope -> scope.loop().execute(() -> scope.abandonUnanswered(before, REPLACED)));
        }
    }

    /** No session gets a connection any more that was opened there up to now. */
    void outdate(BackendAddress server) {
        scopes.forEach(scope -> scope.loop().execute(() -> scope.outdate(server)));
    }

    private void show() {
        topology = withheld.isEmpty() ? observed : withoutWithheld();
        for (LoopScope scope : scopes) {
            if (scope.hasHeld()) {
                scope.loop().execute(scope::topologyChanged);
            }
        }
    }

    private Topology withoutWithheld() {
        String note =
                observed.source().map(source -> withheld.get(source.address())).orElse(observed.note());
        List<Member> members = observed.members().stream()
                .map(member -> {
                    String why = withheld.get(member.address());
                    return why == null || !member.online() ? member : member.offline(why);
                })
                .toList();
        return new Topology(observed.version(), members, note);
    }
}
