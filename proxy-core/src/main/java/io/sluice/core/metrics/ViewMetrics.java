// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.sluice.core.view.JournalView;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.StatisticsView;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Gauges that look at the proxy when scraped: what is, not what happened. */
public final class ViewMetrics {

    private final ProxyView view;
    private final MeterRegistry registry;

    private ViewMetrics(ProxyView view, MeterRegistry registry) {
        this.view = view;
        this.registry = registry;
    }

    /** Makes the gauges of the whole; the registry keeps the view alive through them. */
    public static void register(ProxyView view, MeterRegistry registry) {
        new ViewMetrics(view, registry).whole();
    }

    /** Makes the gauges of the event loops. */
    public static void register(StatisticsView statistics, MeterRegistry registry) {
        Gauge.builder("sluice.held", statistics, StatisticsView::held)
                .description("Commands that wait for a source")
                .strongReference(true)
                .register(registry);
        TimeGauge.builder(
                        "sluice.loop.silence",
                        statistics,
                        TimeUnit.NANOSECONDS,
                        loops -> loops.loops().silence().toNanos())
                .description("For how long the event loop that is latest now is overdue")
                .strongReference(true)
                .register(registry);
        for (JournalView journal : statistics.journals()) {
            lines(statistics, registry, journal.name(), "written", JournalView::written);
            lines(statistics, registry, journal.name(), "dropped", JournalView::dropped);
        }
    }

    private static void lines(
            StatisticsView statistics,
            MeterRegistry registry,
            String journal,
            String outcome,
            ToDoubleFunction<JournalView> count) {
        FunctionCounter.builder(
                        "sluice.log.lines",
                        statistics,
                        all -> all.journals().stream()
                                .filter(view -> view.name().equals(journal))
                                .mapToDouble(count)
                                .sum())
                .description("Lines of log files; dropped: more came than could be written")
                .tag("log", journal)
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Makes those of one server. */
    static void registerServer(ProxyView view, BackendAddress server, MeterRegistry registry) {
        ViewMetrics metrics = new ViewMetrics(view, registry);
        metrics.member(server);
        metrics.pool(server);
    }

    private void whole() {
        gauge("sluice.clients", "Client connections now", "", view, proxy -> proxy.clientCount());
        gauge("sluice.accepting", "1 while clients are let in", "", view, proxy -> proxy.accepting() ? 1 : 0);
        gauge(
                "sluice.topology.version",
                "Snapshots of the topology so far",
                "",
                view,
                proxy -> proxy.topology().version());
        gauge(
                "sluice.source.known",
                "1 while there is a server for writes",
                "",
                view,
                proxy -> proxy.topology().source().isPresent() ? 1 : 0);
        TimeGauge.builder("sluice.start.time", view, TimeUnit.MILLISECONDS, proxy -> millis(proxy.startedAt()))
                .description("When the process began, as Unix time")
                .strongReference(true)
                .register(registry);
    }

    private void member(BackendAddress server) {
        String label = server.toString();
        gauge(
                "sluice.server.up",
                "1 while the monitor calls the server online",
                label,
                view,
                proxy -> of(proxy, server, member -> member.online() ? 1 : 0));
        for (Role role : Role.values()) {
            Gauge.builder(
                            "sluice.server.role",
                            view,
                            proxy -> of(proxy, server, member -> member.role() == role ? 1 : 0))
                    .description("1 for the role that the server has")
                    .tag("server", label)
                    .tag("role", role.name().toLowerCase(Locale.ROOT))
                    .strongReference(true)
                    .register(registry);
        }
        TimeGauge.builder("sluice.server.lag", view, TimeUnit.NANOSECONDS, proxy -> of(proxy, server, ViewMetrics::lag))
                .description("Behind the source; NaN while nobody knows")
                .tag("server", label)
                .strongReference(true)
                .register(registry);
        gauge(
                "sluice.server.errant.transactions",
                "Transactions that the server has and the source lacks; on MariaDB only the last ones are known",
                label,
                view,
                proxy -> of(proxy, server, Member::errant));
        gauge(
                "sluice.server.disk.full",
                "1 while writes wait in the server for room on its disk, as far as the monitor may see that",
                label,
                view,
                proxy -> of(proxy, server, member -> member.diskFull() ? 1 : 0));
    }

    private void pool(BackendAddress server) {
        String label = server.toString();
        gauge("sluice.pool.limit", "Connections allowed", label, view, proxy -> of(proxy, server, PoolView::limit, 0));
        gauge("sluice.pool.open", "Connections open", label, view, proxy -> of(proxy, server, PoolView::open, 0));
        gauge("sluice.pool.leased", "Connections in use", label, view, proxy -> of(proxy, server, PoolView::leased, 0));
        gauge(
                "sluice.pool.waiting",
                "Commands that wait for a connection",
                label,
                view,
                proxy -> of(proxy, server, PoolView::waiting, 0));
        gauge(
                "sluice.server.slowness",
                "How many times as long as others it takes to answer reads; 1 unless that is clear",
                label,
                view,
                proxy -> of(proxy, server, PoolView::slowness, 1));
        FunctionCounter.builder("sluice.pool.resets", view, proxy -> of(proxy, server, PoolView::resets, 0))
                .description("Connections cleaned for the next session")
                .tag("server", label)
                .register(registry);
    }

    private void gauge(
            String name, String description, String server, ProxyView proxy, ToDoubleFunction<ProxyView> value) {
        Gauge.Builder<ProxyView> builder =
                Gauge.builder(name, proxy, value).description(description).strongReference(true);
        if (!server.isEmpty()) {
            builder.tag("server", server);
        }
        builder.register(registry);
    }

    private static double of(ProxyView proxy, BackendAddress server, ToDoubleFunction<Member> value) {
        return proxy.topology().member(server).map(value::applyAsDouble).orElse(Double.NaN);
    }

    private static double of(
            ProxyView proxy, BackendAddress server, ToDoubleFunction<PoolView> value, double otherwise) {
        List<PoolView> pools = proxy.pools();
        for (PoolView pool : pools) {
            if (pool.backend().equals(server)) {
                return value.applyAsDouble(pool);
            }
        }
        return otherwise;
    }

    private static double lag(Member member) {
        return member.lag() == null ? Double.NaN : member.lag().toNanos();
    }

    private static double millis(Instant instant) {
        return instant.toEpochMilli();
    }
}
