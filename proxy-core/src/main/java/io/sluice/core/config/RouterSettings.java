// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Key.choice;
import static io.sluice.core.config.Key.duration;
import static io.sluice.core.config.Key.flag;
import static io.sluice.core.config.Key.integer;
import static io.sluice.core.config.Key.size;
import static io.sluice.core.config.Key.text;

import java.time.Duration;
import java.util.Locale;

/**
 * Where statements go.
 *
 * @param causalReads whose writes a read must see
 * @param causalScope which of those writes that are
 * @param causalWait how long a read may wait on a replica for them; zero: it goes to the source instead
 * @param replicaTransactions whether read-only transactions run on replicas
 * @param zone where this proxy stands: servers that stand elsewhere get reads last; empty: no matter
 * @param slowStart in which a replica that was away gets back to its full share of the reads
 * @param sourceReads how many reads at once the source serves for lack of a replica; 0: all there are
 * @param parserCache about how many bytes are kept of what the parser found in statements; 0: none is parsed
 * @param catalogueInterval how often the source's catalogue is read; zero: not at all
 */
public record RouterSettings(
        CausalReads causalReads,
        CausalScope causalScope,
        Duration causalWait,
        boolean replicaTransactions,
        String zone,
        Duration slowStart,
        int sourceReads,
        int parserCache,
        Duration catalogueInterval) {
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

    /** Which of the writes that {@link CausalReads} names a read must see. */
    public enum CausalScope implements Keyword {
        /** All of them. */
        ALL,
        /** The last to each table that it reads, and all before that one. */
        TABLE;

        @Override
        public String keyword() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether what a statement reads and writes makes a difference to reads. */
    public boolean tellsTablesApart() {
        return causalScope == CausalScope.TABLE && causalReads != CausalReads.OFF;
    }

    static RouterSettings read(Section section) {
        RouterSettings settings = readKeys(section);
        if (settings.tellsTablesApart()) {
            String needs = "tables cannot be told apart without it (causal_scope: table)";
            if (settings.parserCache == 0) {
                section.problemAt("routing.parser_cache", needs, "give it some memory, or set causal_scope to all");
            }
            if (settings.catalogueInterval.isZero()) {
                section.problemAt("routing.catalogue_interval", needs, "set it to 30s, or causal_scope to all");
            }
        }
        return settings;
    }

    private static RouterSettings readKeys(Section section) {
        return new RouterSettings(
                section.get(choice(
                        "causal_reads",
                        CausalReads.SESSION,
                        CausalReads.class,
                        "Whose writes a session's reads see for certain: nobody's, its own, its user's, everyone's.")),
                section.get(
                        choice(
                                "causal_scope",
                                CausalScope.ALL,
                                CausalScope.class,
                                "Which of these writes: all of them, or the last to each table it reads and all before (table).")),
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
                section.get(integer(
                        "source_reads",
                        0,
                        0,
                        1_000_000,
                        "Most reads at once that the source serves because no replica can; 0: no limit.")),
                section.get(size(
                        "parser_cache",
                        "16MiB",
                        "0",
                        "1GiB",
                        "Memory for what the parser found in statements; 0: their words alone decide.")),
                section.get(duration(
                        "catalogue_interval",
                        "30s",
                        "0",
                        "1d",
                        "How often the source is asked which stored functions only read; 0: never, none is trusted.")));
    }
}
