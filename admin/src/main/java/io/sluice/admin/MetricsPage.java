// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.admin.HttpPages.Answer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics in one of two formats: OpenMetrics, which has exemplars, for those who ask for it, else that of ever. */
final class MetricsPage {
    /** Prometheus text format, version 0.0.4. */
    private static final String CLASSIC = "text/plain; version=0.0.4; charset=utf-8";

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private static final Pattern WEIGHT = Pattern.compile(";\\s*q\\s*=\\s*([01](?:\\.\\d{0,3})?)\\s*(?:;|$)");

    private final PrometheusMeterRegistry registry;

    MetricsPage(PrometheusMeterRegistry registry) {
        this.registry = registry;
    }

    /** @param accept the header of the request; empty if it has none */
    Answer answer(String accept) {
        double weight = weight(accept, "application/openmetrics-text");
        String type = weight > 0 && weight >= weight(accept, "text/plain") ? OPEN_METRICS : CLASSIC;
        return new Answer(200, type, registry.scrape(type));
    }

    /** How much a type is wanted that is named (RFC 9110, "Accept"): 0 to 1. */
    private static double weight(String accept, String type) {
        double most = 0;
        for (String range : accept.split(",", -1)) {
            if (range.split(";", 2)[0].strip().equalsIgnoreCase(type)) {
                Matcher weight = WEIGHT.matcher(range);
                most = Math.max(most, weight.find() ? Double.parseDouble(weight.group(1)) : 1);
            }
        }
        return most;
    }
}
