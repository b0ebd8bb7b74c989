// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * For the registry whose metrics the HTTP port shows. Only buckets have exemplars: where counts have some too, as is usual,
 * Prometheus 2.42 takes nothing of all.
 */
public final class RegistryConfig implements PrometheusConfig {
    @Override
    public @Nullable String get(String key) {
        return null;
    }

    @Override
    public Properties prometheusProperties() {
        Properties properties = new Properties();
        properties.setProperty("io.prometheus.exporter.exemplarsOnAllMetricTypes", "false");
        return properties;
    }
}
