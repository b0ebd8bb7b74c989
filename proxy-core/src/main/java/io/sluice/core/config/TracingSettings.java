// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.net.URI;

/**
 * Spans of statements, for a collector of OpenTelemetry's.
 *
 * @param endpoint where it takes OTLP over HTTP; empty: there are none
 * @param oneIn of so many statements that no client traces one has a span; 0: none of those
 * @param service what Sluice is called there
 */
public record TracingSettings(String endpoint, int oneIn, String service) {

    static TracingSettings read(Section section) {
        String endpoint = section.get(Key.text(
                "endpoint",
                "",
                "The URL of the collector that takes OTLP over HTTP, http://127.0.0.1:4318/v1/traces; \"\": no spans, and no"
                        + " exemplars."));
        if (!endpoint.isEmpty() && !isHttp(endpoint)) {
            section.problem("endpoint", "is no URL of HTTP", "write one such as http://127.0.0.1:4318/v1/traces");
        }
        return new TracingSettings(
                endpoint,
                section.get(Key.integer(
                        "one_in",
                        100,
                        0,
                        1_000_000,
                        "Of so many statements that no client traces one has a span; 0: none of those, 1: all.")),
                section.get(Key.text("service", "sluice", "What Sluice is called there (service.name).")));
    }

    private static boolean isHttp(String text) {
        try {
            URI uri = URI.create(text);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
