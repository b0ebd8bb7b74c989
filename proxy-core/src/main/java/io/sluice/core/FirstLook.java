// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Whether enough is known of the servers to greet clients as the servers would. Drivers go by the version and the plugin
 * of the greeting for as long as they are connected, and not every one can change to the other plugin: so those that
 * come in the first moments wait, but not for long. Fed by the monitor's thread; may be asked for on any.
 */
final class FirstLook {
    /** Then clients are let in anyway, since no server may be there for hours. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Supplier<CompletableFuture<?>> readAccounts;
    private final CompletableFuture<Void> taken = new CompletableFuture<>();
    private boolean reading;

    /** @param readAccounts called once, when there is a source; done when its accounts were read, or cannot be */
    FirstLook(Supplier<CompletableFuture<?>> readAccounts) {
        this.readAccounts = readAccounts;
    }

    /** From now on, the time runs. */
    void begin() {
        taken.completeOnTimeout(null, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Done when clients may be greeted. */
    CompletableFuture<Void> taken() {
        return taken;
    }

    void take(Topology topology) {
        Optional<Member> source = topology.source();
        if (source.isPresent() && !reading) {
            reading = true;
            readAccounts.get().whenComplete((done, failure) -> taken.complete(null));
        }
        // A client of MySQL can show its password where its account has not been read yet.
        if (topology.members().stream().anyMatch(member -> isEnough(member, source.isPresent()))) {
            taken.complete(null);
        }
    }

    private static boolean isEnough(Member member, boolean reading) {
        return member.version() != null && !(member.version().isMariadb() && reading);
    }
}
