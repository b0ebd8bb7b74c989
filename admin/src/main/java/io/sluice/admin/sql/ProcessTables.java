// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.netty.buffer.PooledByteBufAllocator;
import io.sluice.core.view.CommandView;
import io.sluice.core.view.HistogramView;
import io.sluice.core.view.LatencyView;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProxyView;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of the schema stats about the process as a whole. */
record ProcessTables(Sight sight) {
    private static final String VARIABLES =
            "Variable_Name VARCHAR NOT NULL PRIMARY KEY, Variable_Value VARCHAR NOT NULL";
    private static final String METRICS = "name VARCHAR NOT NULL, labels VARCHAR NOT NULL, statistic VARCHAR NOT NULL,"
            + " value DOUBLE, PRIMARY KEY (name, labels, statistic)";

    List<ShownTable> all() {
        return List.of(
                ShownTable.of(Schema.STATS, "stats_mysql_global", VARIABLES, () -> rows(global())),
                ShownTable.of(Schema.STATS, "stats_memory_metrics", VARIABLES, () -> rows(memory())),
                ShownTable.of(Schema.STATS, "metrics", METRICS, this::metrics));
    }

    /** ProxySQL's names, those of them that Sluice has the figures of. */
    private Map<String, Long> global() {
        ProxyView view = sight.view();
        List<PoolView> pools = view.pools();
        Map<String, Long> values = new LinkedHashMap<>();
        values.put(
                "ProxySQL_Uptime",
                Duration.between(view.startedAt(), Instant.now()).toSeconds());
        values.put("Client_Connections_connected", (long) view.clientCount());
        values.put("Client_Connections_created", counter("sluice.clients.accepted"));
        values.put("Client_Connections_aborted", counter("sluice.logins.refused"));
        values.put(
                "Client_Connections_non_idle",
                view.sessions().stream()
                        .filter(session -> !session.state().equalsIgnoreCase("idle"))
                        .count());
        values.put("Server_Connections_connected", sum(pools, PoolView::open));
        values.put("Server_Connections_created", sum(pools, PoolView::opened));
        values.put("Server_Connections_aborted", sum(pools, PoolView::failed));
        values.put("ConnPool_get_conn_waiting", sum(pools, PoolView::waiting));
        values.put("Questions", questions());
        return values;
    }

    private long questions() {
        long all = 0;
        for (CommandView command : sight.statistics().commands()) {
            all += command.counts().stream().mapToLong(Long::longValue).sum();
        }
        return all;
    }

    private static long sum(List<PoolView> pools, ToLongFunction<PoolView> figure) {
        return pools.stream().mapToLong(figure).sum();
    }

    private long counter(String name) {
        return (long) sight.meters().find(name).counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum();
    }

    private static Map<String, Long> memory() {
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        MemoryUsage other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        Map<String, Long> values = new LinkedHashMap<>();
        values.put("jvm_heap_used", heap.getUsed());
        values.put("jvm_heap_committed", heap.getCommitted());
        values.put("jvm_heap_max", heap.getMax());
        values.put("jvm_non_heap_used", other.getUsed());
        values.put(
                "netty_direct_allocated",
                PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
        values.put("jvm_threads", (long) ManagementFactory.getThreadMXBean().getThreadCount());
        return values;
    }

    private static List<@Nullable Object[]> rows(Map<String, Long> values) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        values.forEach((name, value) -> rows.add(new @Nullable Object[] {name, value.toString()}));
        return rows;
    }

    /** All that /metrics has, but for the buckets of histograms. */
    private List<@Nullable Object[]> metrics() {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (Meter meter : sight.meters().getMeters()) {
            String labels = meter.getId().getTags().stream()
                    .map(tag -> tag.getKey() + "=" + tag.getValue())
                    .collect(Collectors.joining(","));
            for (Measurement measurement : meter.measure()) {
                double value = measurement.getValue();
                rows.add(new @Nullable Object[] {
                    meter.getId().getName().replace('.', '_'),
                    labels,
                    measurement.getStatistic().getTagValueRepresentation(),
                    Double.isFinite(value) ? value : null
                });
            }
        }
        for (LatencyView view : sight.statistics().latencies()) {
            String labels = "class=" + label(view.statementClass()) + ",destination=" + label(view.destination())
                    + ",hostgroup=" + view.hostgroup() + ",user=" + view.user();
            histogram(rows, "sluice_query_duration", labels, view.times());
        }
        histogram(rows, "sluice_loop_delay", "", sight.statistics().loops().delays());
        return rows;
    }

    private static void histogram(List<@Nullable Object[]> rows, String name, String labels, HistogramView times) {
        rows.add(new @Nullable Object[] {name, labels, "count", (double) times.count()});
        rows.add(new @Nullable Object[] {name, labels, "total", times.sum().toNanos() / 1e9});
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
