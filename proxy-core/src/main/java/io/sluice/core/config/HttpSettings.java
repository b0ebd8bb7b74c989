// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

/**
 * The HTTP port: metrics, health and the dashboard.
 *
 * @param maxUsers that metrics tell apart
 * @param dashboard who sees the dashboard, which shows more than figures: users, addresses, normalised statements
 */
public record HttpSettings(ListenAddress listen, int maxUsers, Audience dashboard) {

    /** Who sees the dashboard. */
    public enum Audience implements Keyword {
        /** Browsers on this host alone. */
        LOOPBACK("loopback"),
        /** Whoever reaches the port. */
        ANYONE("anyone"),
        OFF("off");

        private final String keyword;

        Audience(String keyword) {
            this.keyword = keyword;
        }

        @Override
        public String keyword() {
            return keyword;
        }
    }

    static HttpSettings read(Section section) {
        return new HttpSettings(
                section.get(Key.listen(
                        "listen", "127.0.0.1:6070", "Where the dashboard, /metrics, /healthz and /readyz are served.")),
                section.get(Key.integer(
                        "max_users", 32, 0, 10_000, "Most users that metrics tell apart; others are one, \"other\".")),
                section.get(Key.choice(
                        "dashboard",
                        Audience.LOOPBACK,
                        Audience.class,
                        "Who sees the dashboard: loopback, anyone or off.")));
    }
}
