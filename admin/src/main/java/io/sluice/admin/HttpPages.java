// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.core.view.ProxyView;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the HTTP port has to show, by path. */
final class HttpPages {

    /** Prometheus text format, version 0.0.4. */
    private static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String TEXT_TYPE = "text/plain; charset=utf-8";

    /** One answer. */
    record Answer(int status, String contentType, String body) {

        static Answer text(int status, String line) {
            return new Answer(status, TEXT_TYPE, line + "\n");
        }
    }

    /** @param heavy whether it takes long enough to keep it off the event loop */
    record Page(String purpose, boolean heavy, Supplier<Answer> content) {}

    private final Map<String, Page> pages = new LinkedHashMap<>();
    private final ProxyView view;

    HttpPages(ProxyView view, PrometheusMeterRegistry registry) {
        this.view = view;
        pages.put("/", new Page("this list", false, this::index));
        pages.put(
                "/metrics",
                new Page(
                        "metrics in the text format of Prometheus",
                        true,
                        () -> new Answer(200, METRICS_TYPE, registry.scrape(METRICS_TYPE))));
        pages.put("/healthz", new Page("200 while the process lives", false, () -> Answer.text(200, "ok")));
        pages.put("/readyz", new Page("200 while clients can be served, else 503 and why", false, this::readiness));
    }

    @Nullable
    Page find(String path) {
        return pages.get(path);
    }

    private Answer index() {
        return Answer.text(
                200,
                "Sluice\n\n"
                        + pages.entrySet().stream()
                                .map(page -> String.format(
                                        "%-10s %s",
                                        page.getKey(), page.getValue().purpose()))
                                .collect(Collectors.joining("\n")));
    }

    private Answer readiness() {
        if (!view.accepting()) {
            return Answer.text(503, "not ready: no clients are accepted, since Sluice starts or drains");
        }
        Topology topology = view.topology();
        if (topology.source().isPresent()) {
            return Answer.text(200, "ready");
        }
        if (topology.replicas().stream().anyMatch(member -> member.lag() != null)) {
            return Answer.text(200, "ready for reads only: " + topology.note());
        }
        String servers = topology.members().stream().map(HttpPages::describe).collect(Collectors.joining("\n"));
        return Answer.text(503, "not ready: no server is usable: " + topology.note() + "\n" + servers);
    }

    private static String describe(Member member) {
        return member.address() + ": " + (member.note().isEmpty() ? "online" : member.note());
    }
}
