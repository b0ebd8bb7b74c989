// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.ServerVersion;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether writes wait in a server for room on its disk, which it does not say by itself: it answers all else (manual: "How
 * MySQL Handles a Full Disk"). It is asked now and then only, with the questions of a probe. Confined to one probe's
 * question.
 */
final class DiskLook {
    /**
     * That commits wait says not why; the error log does, first and then every ten minutes: EE_DISK_FULL, with or without
     * the time of the next look. Who receives a relay log says it himself. Background threads keep old states.
     */
    static final String QUERY = "SELECT COUNT(*) FROM performance_schema.threads WHERE TYPE = 'FOREGROUND' AND"
            + " (PROCESSLIST_STATE = 'Waiting for disk space' OR (PROCESSLIST_STATE = 'waiting for handler commit'"
            + " AND PROCESSLIST_TIME >= 2 AND EXISTS (SELECT 1 FROM performance_schema.error_log"
            + " WHERE ERROR_CODE IN ('MY-000020', 'MY-000035') AND LOGGED > NOW(6) - INTERVAL 11 MINUTE)))";

    private static final int ERROR_LOG_SINCE = 80022;
    private static final long EVERY_NANOS = Duration.ofSeconds(3).toNanos();

    private final LongSupplier nanos;
    private boolean allowed;
    private boolean asked;
    private boolean full;
    private long nextNanos;

    DiskLook(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A connection was opened, perhaps with other privileges. */
    void begin() {
        allowed = true;
        asked = false;
        full = false;
        nextNanos = nanos.getAsLong();
    }

    /** Whether to ask in this probe. */
    boolean ask(ServerVersion version) {
        boolean known = version.flavor() == Flavor.MYSQL && version.number() >= ERROR_LOG_SINCE;
        asked = allowed && known && nanos.getAsLong() - nextNanos >= 0;
        return asked;
    }

    boolean isAsked() {
        return asked;
    }

    /** The account may not see it. */
    void denied() {
        allowed = false;
        full = false;
    }

    /** @param waiting how many threads wait for room */
    void answered(long waiting) {
        full = waiting > 0;
        nextNanos = nanos.getAsLong() + EVERY_NANOS;
    }

    /** As it was when last asked; false if that is not known. */
    boolean isFull() {
        return full;
    }
}
