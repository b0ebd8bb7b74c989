// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ConfigControl;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.RuleList;
import io.sluice.core.view.StatisticsView;
import io.sluice.core.view.UserList;
import io.sluice.routing.hostgroup.Hostgroups;

/**
 * What the tables are made of.
 *
 * @param config as it was at the start
 * @param rules those in force, which can be replaced, and the hostgroups that servers are counted in
 * @param users those listed, which can be replaced
 * @param file of the configuration, which may differ by now
 * @param initial whether the file fills the database anew, where that is what counts
 * @param meters all that is counted for Prometheus
 */
public record Sight(
        ProxyView view,
        StatisticsView statistics,
        SluiceConfig config,
        RuleList rules,
        UserList users,
        ConfigControl file,
        boolean initial,
        MeterRegistry meters) {

    Hostgroups hostgroups() {
        return rules.hostgroups();
    }
}
