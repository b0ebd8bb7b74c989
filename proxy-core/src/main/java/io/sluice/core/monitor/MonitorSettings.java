// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.time.Duration;
import java.util.Map;

/**
 * How the monitor asks.
 *
 * @param interval between two probes of a server; a fifth of it while something is wrong
 * @param timeout for one probe, connecting included
 * @param tls properties of the driver that say how far TLS is wanted and verified
 */
public record MonitorSettings(
        String user, String password, Duration interval, Duration timeout, Map<String, String> tls) {

    public MonitorSettings {
        tls = Map.copyOf(tls);
    }

    @Override
    public String toString() {
        return "MonitorSettings[user=" + user + ", interval=" + interval + ", timeout=" + timeout + "]";
    }
}
