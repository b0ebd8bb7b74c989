// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.config.FailoverSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.failover.OutcomeProof;
import io.sluice.core.session.LoopScope;
import io.sluice.core.session.SlotTags;
import io.sluice.core.session.WriteSlots;
import io.sluice.routing.topology.Topology;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What interrupted writes are verified by; nothing with {@code failover.verify_writes} off. The owner's thread. */
final class WriteProof implements AutoCloseable {
    private final @Nullable TagSet set;
    private final @Nullable OutcomeProof outcomes;

    /** @param scopes whose connections write with tags from now on */
    WriteProof(SluiceConfig config, Supplier<Topology> topology, List<LoopScope> scopes, LongSupplier nanos) {
        FailoverSettings.Verification verification = config.failover().verification();
        if (!verification.on()) {
            set = null;
            outcomes = null;
            return;
        }
        Duration patience = config.failover().hold();
        TagSet ours = TagSet.take(config.dataDir(), WriteSlots.rest(patience), System.currentTimeMillis());
        OutcomeProof judge = OutcomeProof.overJdbc(
                topology, config.failover(), config.monitor(), config.backend().tls());
        SlotTags tags = ours.tags(verification, nanos);
        scopes.forEach(scope -> scope.verifyWrites(WriteSlots.of(tags, judge, patience)));
        set = ours;
        outcomes = judge;
    }

    @Override
    public void close() {
        if (outcomes != null) {
            outcomes.close();
        }
        if (set != null) {
            set.close();
        }
    }
}
