// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static io.sluice.core.config.Key.duration;

import java.time.Duration;

/** How servers are watched. */
public record MonitorSettings(
        String user,
        Secret password,
        Duration interval,
        Duration timeout,
        Duration maxLag,
        ErrantGtids errantGtids,
        GaleraDonors galeraDonors) {

    /** What becomes of a server with transactions that the source lacks. */
    public enum ErrantGtids implements Keyword {
        REPORT("report"),
        EXCLUDE("exclude");

        private final String keyword;

        ErrantGtids(String keyword) {
            this.keyword = keyword;
        }

        @Override
        public String keyword() {
            return keyword;
        }
    }

    /** What a node of a Galera cluster gets that is a donor, or desynced. */
    public enum GaleraDonors implements Keyword {
        EXCLUDE("exclude"),
        READ("read");

        private final String keyword;

        GaleraDonors(String keyword) {
            this.keyword = keyword;
        }

        @Override
        public String keyword() {
            return keyword;
        }
    }

    static MonitorSettings read(Section section) {
        return new MonitorSettings(
                section.get(Key.text("user", "", "An account on every server with REPLICATION CLIENT.")),
                section.secret(false, "monitor.user"),
                section.get(duration("interval", "500ms", "10ms", "1h", "Time between two probes of a server.")),
                section.get(duration("timeout", "1s", "10ms", "5m", "A probe without answer for so long has failed.")),
                section.get(
                        duration("max_lag", "10s", "0", "365d", "A replica further behind than this serves no reads.")),
                section.get(Key.choice(
                        "errant_gtids",
                        ErrantGtids.REPORT,
                        ErrantGtids.class,
                        "Whether a server with transactions that the source lacks is only named, or serves no reads.")),
                section.get(Key.choice(
                        "galera_donors",
                        GaleraDonors.EXCLUDE,
                        GaleraDonors.class,
                        "Whether a node of a Galera cluster that is a donor, or desynced, serves no reads, or does.")));
    }
}
