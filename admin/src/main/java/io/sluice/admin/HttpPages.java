// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.admin.dashboard.Dashboard;
import io.sluice.core.view.ProxyView;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the HTTP port has to show, by path. */
final class HttpPages {

    private static final String TEXT_TYPE = "text/plain; charset=utf-8";

    private static final String JSON_TYPE = "application/json";

    /**
     * What a request says of who asks.
     *
     * @param host what it calls this host
     * @param accept which types are wanted; empty if it does not say
     */
    record Asker(SocketAddress client, @Nullable String host, String accept) {}

    /** How to make an answer. */
    record Content(String purpose, boolean heavy, Supplier<Answer> answer) {}

    /** One answer. */
    record Answer(int status, String contentType, String body) {

        static Answer text(int status, String line) {
            return new Answer(status, TEXT_TYPE, line + "\n");
        }
    }

    /**
     * One page.
     *
     * @param heavy whether it takes long enough to keep it off the event loop
     * @param guarded whether it is for those alone whom the dashboard admits
     */
    private record Page(String purpose, boolean heavy, boolean guarded, Function<Asker, Answer> content) {}

    private final Map<String, Page> pages = new LinkedHashMap<>();
    private final ProxyView view;
    private final AtomicBoolean allOpen = new AtomicBoolean();
    private final @Nullable Dashboard dashboard;

    HttpPages(ProxyView view, PrometheusMeterRegistry registry, @Nullable Dashboard dashboard) {
        this.view = view;
        this.dashboard = dashboard;
        MetricsPage metrics = new MetricsPage(registry);
        if (dashboard == null) {
            pages.put("/", new Page("this list", false, false, asker -> index()));
        } else {
            file("/", "the dashboard, for browsers", "index.html", "text/html; charset=utf-8");
            file("/dashboard.css", "its style", "dashboard.css", "text/css; charset=utf-8");
            file("/dashboard.js", "its script", "dashboard.js", "text/javascript; charset=utf-8");
            pages.put(
                    "/dashboard.json",
                    new Page("what it shows", true, true, asker -> new Answer(200, JSON_TYPE, dashboard.json())));
        }
        pages.put(
                "/metrics",
                new Page(
                        "metrics in the text format of Prometheus, or as OpenMetrics",
                        true,
                        false,
                        asker -> metrics.answer(asker.accept)));
        pages.put("/healthz", new Page("200 while the process lives", false, false, asker -> Answer.text(200, "ok")));
        pages.put(
                "/readyz",
                new Page("200 while clients can be served, else 503 and why", false, false, asker -> readiness()));
    }

    private void file(String path, String purpose, String name, String type) {
        String text = Dashboard.file(name);
        pages.put(path, new Page(purpose, false, true, asker -> new Answer(200, type, text)));
    }

    /**
     * What a request is answered with.
     *
     * @return null if there is no such page
     */
    @Nullable
    Content find(String path, Asker asker) {
        Page page = pages.get(path);
        if (page == null || !page.guarded || Objects.requireNonNull(dashboard).admits(asker.client, asker.host)) {
            return page == null ? null : new Content(page.purpose, page.heavy, () -> page.content.apply(asker));
        }
        return new Content(page.purpose, false, path.equals("/") ? this::index : HttpPages::refusal);
    }

    String paths() {
        return String.join(", ", pages.keySet());
    }

    private static Answer refusal() {
        return Answer.text(
                403,
                "the dashboard is for browsers on Sluice's host: open it there as http://localhost, go through"
                        + " ssh -L, or set http.dashboard: anyone");
    }

    private Answer index() {
        return Answer.text(
                200,
                "Sluice\n\n"
                        + pages.entrySet().stream()
                                .map(page -> String.format(
                                        "%-16s %s",
                                        page.getKey(), page.getValue().purpose()))
                                .collect(Collectors.joining("\n")));
    }

    private Answer readiness() {
        if (!view.accepting() || !allOpen.get()) {
            return Answer.text(503, "not ready: no clients are accepted, since Sluice starts, drains or is paused");
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

    /** Sluice has opened all its ports. Any thread. */
    void allOpen() {
        allOpen.set(true);
    }

    private static String describe(Member member) {
        return member.address() + ": " + (member.note().isEmpty() ? "online" : member.note());
    }
}
