// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import com.sun.net.httpserver.HttpServer;
import io.sluice.core.config.TracingSettings;
import io.sluice.core.log.QueryLog;
import io.sluice.core.statistics.DecisionLog;
import io.sluice.core.statistics.LoopStatistics;
import io.sluice.core.statistics.UserNames;
import io.sluice.core.trace.LoopTraces;
import io.sluice.core.trace.TraceParent;
import io.sluice.core.trace.Traces;
import io.sluice.core.view.ExemplarView;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What spans take of the event loop for one statement, from the look for the client's span to the counted time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TraceBench {
    /** As many as wait for the thread that sends them. */
    private static final int WAITING = 4000;

    private static final String TOLD = " /*traceparent='00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'*/";

    private final byte[] untold = bytes("SELECT c FROM sbtest1 WHERE id=4242 /*controller='orders',action='show'*/");
    private final byte[] longer = bytes("SELECT c FROM sbtest1 WHERE id IN (" + "4242, ".repeat(300) + "1)");
    private final byte[] told = bytes("SELECT c FROM sbtest1 WHERE id=4242" + TOLD);
    private final Statement statement =
            new StatementClassifier(4).classify(untold, 0, untold.length, LexContext.DEFAULT);
    private final BackendAddress server = BackendAddress.parse("db1");
    private final LoopStatistics statistics = new LoopStatistics(
            0, new Hostgroups(List.of(), Map.of()), new UserNames(32, List.of()), new DecisionLog(0, 1));
    private final LoopTraces off = LoopTraces.off();
    private final HttpServer collector = collector();
    private final Traces traces = Traces.open(new TracingSettings(
            "http://127.0.0.1:" + collector.getAddress().getPort() + "/v1/traces", 0, "sluice"));
    private final LoopTraces on = traces.forLoop();
    private long nanos;

    private static HttpServer collector() {
        try {
            HttpServer started = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            started.createContext("/", exchange -> {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(200, -1);
                exchange.close();
            });
            started.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TearDown
    public void close() {
        traces.close();
        collector.stop(0);
    }

    /** Until all spans of the last round have gone their way. */
    @Setup(Level.Iteration)
    public void drain() throws InterruptedException {
        long before = -1;
        for (long gone = gone(); gone != before; gone = gone()) {
            before = gone;
            TimeUnit.MILLISECONDS.sleep(700);
        }
    }

    private long gone() {
        return traces.views().stream().mapToLong(view -> view.written() + view.dropped()).sum();
    }

    @Benchmark
    public void off() {
        count(off.isOn() ? span(off, untold, untold.length) : null);
    }

    /** No client tells a span, and none is in the sample. */
    @Benchmark
    public void untold() {
        count(on.isOn() ? span(on, untold, untold.length) : null);
    }

    /** The same with a text of 1.8 KiB. */
    @Benchmark
    public void untoldLong() {
        count(on.isOn() ? span(on, longer, longer.length) : null);
    }

    /** With a span, as long as there is room for more of them. */
    @Benchmark
    @BenchmarkMode(Mode.SingleShotTime)
    @OperationsPerInvocation(WAITING)
    @Warmup(iterations = 20)
    @Measurement(iterations = 20)
    public void told() {
        for (int i = 0; i < WAITING; i++) {
            count(on.isOn() ? span(on, told, told.length) : null);
        }
    }

    private @Nullable ExemplarView span(LoopTraces traced, byte[] sql, int length) {
        return traced.answered(TraceParent.find(sql).orElse(null), 1, this::answer);
    }

    private void count(@Nullable ExemplarView exemplar) {
        nanos = nanos + 977 & 0xf_ffff;
        statistics.took("app", StatementClass.R, server, Destination.REPLICA, null, nanos, exemplar);
    }

    private QueryLog.Answer answer() {
        return new QueryLog.Answer(
                7,
                "app",
                "/10.0.0.1:5",
                "shop",
                statement,
                Destination.REPLICA,
                server,
                Reason.READ_ON_REPLICA,
                nanos,
                0,
                0,
                null);
    }

    private static byte[] bytes(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8);
    }
}
