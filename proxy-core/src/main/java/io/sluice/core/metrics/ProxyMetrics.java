// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.routing.Reason;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the data path counts. Any thread. All meters of a fixed set are made here, so that they show as zero from the
 * start and the hot path is an array access.
 */
public final class ProxyMetrics {

    /** More codes than Sluice has: a bound in case somebody counts a server's errors as ours. */
    private static final int OWN_CODES = 100;

    private final MeterRegistry registry;
    // Maps by enum are arrays inside: a lookup allocates nothing.
    private final Map<Reason, Counter> reasons = new EnumMap<>(Reason.class);
    private final Map<LoginRefusal, Counter> refusals = new EnumMap<>(LoginRefusal.class);
    private final Counter clientsAccepted;
    private final Counter clientsClosed;
    private final Counter loginsDelayed;
    private final Counter serverErrors;
    private final Counter mispredictions;
    private final Counter fences;
    private final Counter waitsReached;
    private final Counter waitsMissed;
    private final Counter replaysDone;
    private final Counter replaysGivenUp;
    private final Counter otherErrors;
    private final Map<Integer, Counter> ownErrors = new ConcurrentHashMap<>();

    public ProxyMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Reason reason : Reason.values()) {
            reasons.put(
                    reason,
                    labelled("sluice.routed", "Statements by the reason of their destination", "reason", reason));
        }
        for (LoginRefusal cause : LoginRefusal.values()) {
            refusals.put(cause, labelled("sluice.logins.refused", "Clients that were not let in", "cause", cause));
        }
        clientsAccepted = counter("sluice.clients.accepted", "Client connections accepted");
        clientsClosed = counter("sluice.clients.closed", "Client connections closed, by whichever side");
        loginsDelayed = counter("sluice.logins.delayed", "Refusals sent later, to slow who guesses passwords");
        waitsReached = waits("reached");
        waitsMissed = waits("missed");
        replaysDone = replays("done");
        replaysGivenUp = replays("given_up");
        mispredictions = counter("sluice.mispredictions", "Statements that did what their text did not promise");
        fences = counter("sluice.servers.fenced", "Servers made read-only that took writes beside the source");
        serverErrors = errors("server", "any");
        otherErrors = errors("sluice", "other");
    }

    /** A backend has answered a command, which was sent there for that reason. */
    public void answered(Reason reason) {
        of(reasons, reason).increment();
    }

    public void clientAccepted() {
        clientsAccepted.increment();
    }

    public void clientClosed() {
        clientsClosed.increment();
    }

    public void loginRefused(LoginRefusal cause) {
        of(refusals, cause).increment();
    }

    public void loginDelayed() {
        loginsDelayed.increment();
    }

    /** An error of Sluice's own was sent to a client; the code is one of the few in its table. */
    public void ownError(int code) {
        Counter counter = ownErrors.get(code);
        if (counter == null) {
            counter = ownErrors.size() < OWN_CODES
                    ? ownErrors.computeIfAbsent(code, unseen -> errors("sluice", Integer.toString(unseen)))
                    : otherErrors;
        }
        counter.increment();
    }

    /** A replica was asked to wait for writes before a read. */
    public void causalWait(boolean reached) {
        (reached ? waitsReached : waitsMissed).increment();
    }

    /** A transaction was done again behind a lost connection. */
    public void replayed(boolean done) {
        (done ? replaysDone : replaysGivenUp).increment();
    }

    /** A server that took writes beside the source was made read-only. */
    public void fenced() {
        fences.increment();
    }

    /** A statement taken for a read was refused by a replica, or a replica reported a write. */
    public void mispredicted() {
        mispredictions.increment();
    }

    /** An error of a server was passed on. By how many codes servers know, the code is no label. */
    public void serverError() {
        serverErrors.increment();
    }

    private Counter waits(String outcome) {
        return Counter.builder("sluice.causal.waits")
                .description("Replicas asked to wait for writes before a read; missed: not in time, so the read went"
                        + " to the source")
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter replays(String outcome) {
        return Counter.builder("sluice.transaction.replays")
                .description("Transactions done again behind a lost connection; given_up: the answers were others")
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter errors(String origin, String code) {
        return Counter.builder("sluice.errors")
                .description("ERR packets sent to clients")
                .tag("origin", origin)
                .tag("code", code)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Counter labelled(String name, String description, String label, Enum<?> value) {
        return Counter.builder(name)
                .description(description)
                .tag(label, label(value))
                .register(registry);
    }

    private static <K extends Enum<K>, V> V of(Map<K, V> complete, K key) {
        V value = complete.get(key);
        if (value == null) {
            throw new AssertionError(key);
        }
        return value;
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
