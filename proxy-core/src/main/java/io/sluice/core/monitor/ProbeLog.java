// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.Observation.Failure;
import io.sluice.core.view.ProbeView;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps what the latest probes brought, of each server as many, so that one that is asked often hides no other. Thread-safe. */
final class ProbeLog {
    /** Ten minutes, at an interval of a second. */
    static final int MAX_OF_SERVER = 600;

    private final Supplier<Instant> clock;
    private final Map<BackendAddress, Deque<ProbeView>> probes = new HashMap<>();
    private final Map<BackendAddress, Deque<ProbeView.Connect>> connects = new HashMap<>();

    /** @param clock what people call now */
    ProbeLog(Supplier<Instant> clock) {
        this.clock = clock;
    }

    /** One that has just come. */
    synchronized void add(Observation observation) {
        Duration took = Duration.ofNanos(Math.max(0, observation.receivedNanos() - observation.sentNanos()));
        keep(probes, observation.address(), view(observation, clock.get().minus(took), took));
    }

    /** @param error null if the connection was opened */
    synchronized void connected(BackendAddress server, Duration took, @Nullable String error) {
        keep(connects, server, new ProbeView.Connect(server, clock.get().minus(took), took, error));
    }

    private static <T> void keep(Map<BackendAddress, Deque<T>> all, BackendAddress server, T next) {
        Deque<T> ofServer = all.computeIfAbsent(server, first -> new ArrayDeque<>());
        if (ofServer.size() == MAX_OF_SERVER) {
            ofServer.removeFirst();
        }
        ofServer.addLast(next);
    }

    private static ProbeView view(Observation observation, Instant sent, Duration took) {
        if (observation instanceof Failure failure) {
            String detail = failure.detail().isEmpty() ? "" : ": " + failure.detail();
            return new ProbeView(failure.address(), sent, took, failure.kind() + detail, null, false, null, null);
        }
        Answer answer = (Answer) observation;
        GroupView group = answer.group();
        ManagedNode managed = answer.managed();
        return new ProbeView(
                answer.address(),
                sent,
                took,
                null,
                answer.readOnly(),
                !answer.channels().isEmpty() || managed != null && !managed.isWriter(),
                managed == null ? lag(answer.channels()) : managed.lag(),
                group == null ? null : new ProbeView.Group(group.isOnline() && group.hasQuorum(), group.queue()));
    }

    /** The longest of them; null if one of them is not known. */
    private static @Nullable Duration lag(List<Channel> channels) {
        List<@Nullable Duration> lags = new ArrayList<>();
        channels.forEach(channel -> lags.add(channel.appliedAll() ? Duration.ZERO : channel.lag()));
        return lags.contains(null)
                ? null
                : lags.stream()
                        .map(Objects::requireNonNull)
                        .max(Duration::compareTo)
                        .orElse(null);
    }

    /** The server is not there any more. */
    synchronized void forget(BackendAddress server) {
        probes.remove(server);
        connects.remove(server);
    }

    synchronized List<ProbeView> probes() {
        return probes.values().stream().flatMap(Deque::stream).toList();
    }

    synchronized List<ProbeView.Connect> connects() {
        return connects.values().stream().flatMap(Deque::stream).toList();
    }
}
