// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Key.choice;
import static io.sluice.core.config.Key.duration;
import static io.sluice.core.config.Key.flag;
import static io.sluice.core.config.Key.size;
import static io.sluice.core.config.Key.text;

import java.time.Duration;
import java.util.Locale;

/**
 * Where statements go.
 *
 * @param causalReads whose writes a read must see
 * @param causalWait how long a read may wait on a replica for them; zero: it goes to the source instead
 * @param replicaTransactions whether read-only transactions run on replicas
 * @param zone where this proxy stands: servers that stand elsewhere get reads last; empty: no matter
 * @param slowStart in which a replica that was away gets back to its full share of the reads
 * @param parserCache about how many bytes are kept of what the parser found in statements; 0: none is parsed
 */
public record RouterSettings(
        CausalReads causalReads,
        Duration causalWait,
        boolean replicaTransactions,
        String zone,
        Duration slowStart,
        int parserCache) {
    /** Whose writes a session's reads must see. */
    public enum CausalReads implements Keyword {
        OFF,
        SESSION,
        USER,
        GLOBAL;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static RouterSettings read(Section section) {
        return new RouterSettings(
                section.get(choice(
                        "causal_reads",
                        CausalReads.SESSION,
                        CausalReads.class,
                        "Whose writes a session's reads see for certain: nobody's, its own, its user's, everyone's.")),
                section.get(duration(
                        "causal_wait",
                        "10ms",
                        "0",
                        "1m",
                        "Time a read may wait on a replica for such writes before it goes to the source; 0: none.")),
                section.get(flag(
                        "replica_transactions",
                        true,
                        "Whether transactions that begin as read-only run on a replica, from beginning to end.")),
                section.get(
                        text(
                                "zone",
                                "",
                                "Where this Sluice stands: replicas of other zones (servers[].zone) get reads last; \"\": no matter.")),
                section.get(duration(
                        "slow_start",
                        "10s",
                        "0",
                        "1h",
                        "Time in which a replica that was away gets back to its share of the reads; 0: at once.")),
                section.get(size(
                        "parser_cache",
                        "16MiB",
                        "0",
                        "1GiB",
                        "Memory for what the parser found in statements; 0: their words alone decide.")));
    }
}
