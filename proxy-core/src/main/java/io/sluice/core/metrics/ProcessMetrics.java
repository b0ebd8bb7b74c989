// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** The process: its memory, and what collecting garbage takes. What shows it is loaded by the first scrape, not by the start. */
public final class ProcessMetrics {
    private ProcessMetrics() {}

    public static void register(MeterRegistry registry) {
        Runtime heap = Runtime.getRuntime();
        memory(registry, "used", "heap", () -> heap.totalMemory() - heap.freeMemory());
        memory(registry, "limit", "heap", heap::maxMemory);
        memory(
                registry,
                "used",
                "direct",
                () -> PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
        memory(registry, "limit", "direct", PlatformDependent::maxDirectMemory);
        FunctionCounter.builder(
                        "sluice.gc.collections", registry, unused -> sum(GarbageCollectorMXBean::getCollectionCount))
                .description("Collections of garbage; nothing else is done meanwhile")
                .register(registry);
        FunctionCounter.builder(
                        "sluice.gc.time", registry, unused -> sum(GarbageCollectorMXBean::getCollectionTime) / 1000.0)
                .description("Time that collections of garbage took")
                .baseUnit("seconds")
                .register(registry);
    }

    private static void memory(MeterRegistry registry, String what, String area, Supplier<Number> bytes) {
        Gauge.builder("sluice.memory." + what, bytes)
                .description(
                        what.equals("used")
                                ? "Memory in use: heap is that of objects, direct that of buffers for sockets"
                                : "The most memory that there may be of each area")
                .baseUnit("bytes")
                .tag("area", area)
                .strongReference(true)
                .register(registry);
    }

    private static long sum(ToLongFunction<GarbageCollectorMXBean> figure) {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(figure)
                .sum();
    }
}
