// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.trace;

import io.netty.util.internal.PlatformDependent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.sluice.core.config.TracingSettings;
import io.sluice.core.log.QueryLog;
import io.sluice.core.view.ExemplarView;
import io.sluice.core.view.JournalView;
import io.sluice.routing.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends spans to a collector, by OTLP over HTTP. Any thread adds statements, without a lock and without waiting; a thread of
 * its own makes spans of them and sends them. What finds the queue full, or cannot be sent, is dropped and counted.
 */
final class SpanExport implements AutoCloseable {
    /** Statements that may wait. */
    static final int MOST_WAITING = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(SpanExport.class);
    private static final int MOST_AT_ONCE = 512;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Queue<TracedStatement> waiting = PlatformDependent.newMpscQueue(MOST_WAITING);
    private final LongAdder sent = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final Thread thread = new Thread(this::run, "sluice-spans");
    private final TracingSettings settings;
    private final Clock clock;
    private final IdGenerator random = IdGenerator.random();
    private volatile boolean closed;
    /** Of the thread alone: made for the next batch. */
    private final List<SpanData> batch = new ArrayList<>();
    /** Of the thread alone. */
    private final ToldIds ids = new ToldIds();

    private boolean failing;

    private SpanExport(TracingSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    static SpanExport start(TracingSettings settings, Clock clock) {
        SpanExport export = new SpanExport(settings, clock);
        export.thread.setDaemon(true);
        export.thread.start();
        return export;
    }

    /** Any thread. Returns what the metrics may tell of the span; null if there is none. */
    @Nullable
    ExemplarView add(QueryLog.Answer answer, int hostgroup, @Nullable TraceParent parent) {
        ExemplarView told = new ExemplarView(
                parent == null ? random.generateTraceId() : parent.trace(),
                random.generateSpanId(),
                Duration.ofNanos(answer.nanos()),
                clock.instant());
        if (closed || !waiting.offer(new TracedStatement(answer, hostgroup, parent, told))) {
            dropped.increment();
            return null;
        }
        return told;
    }

    /** What has become of spans. */
    JournalView view() {
        return new JournalView("spans", sent.sum(), dropped.sum());
    }

    private void run() {
        try (OtlpHttpSpanExporter exporter = OtlpHttpSpanExporter.builder()
                        .setEndpoint(settings.endpoint())
                        .setTimeout(PATIENCE)
                        .build();
                SdkTracerProvider spans = SdkTracerProvider.builder()
                        .setResource(Resource.create(
                                Attributes.of(AttributeKey.stringKey("service.name"), settings.service())))
                        .setIdGenerator(ids)
                        .addSpanProcessor(new Batch(batch))
                        .build()) {
            Tracer tracer = spans.get("io.sluice");
            while (!closed) {
                LockSupport.parkNanos(PAUSE.toNanos());
                sendAll(tracer, exporter);
            }
            sendAll(tracer, exporter);
        } catch (RuntimeException | LinkageError e) {
            closed = true;
            LOG.error("event=spans_off why=\"{}\"", e.toString(), e);
        }
    }

    private void sendAll(Tracer tracer, SpanExporter exporter) {
        for (TracedStatement next = waiting.poll(); next != null; next = waiting.poll()) {
            span(tracer, next);
            if (batch.size() == MOST_AT_ONCE) {
                send(exporter);
            }
        }
        if (!batch.isEmpty()) {
            send(exporter);
        }
    }

    private void send(SpanExporter exporter) {
        boolean arrived = exporter.export(List.copyOf(batch))
                .join(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .isSuccess();
        (arrived ? sent : dropped).add(batch.size());
        batch.clear();
        if (!arrived && !failing) {
            LOG.warn(
                    "event=spans_dropped endpoint={} effect=\"spans are dropped until it takes them\"",
                    settings.endpoint());
        }
        failing = !arrived;
    }

    private void span(Tracer tracer, TracedStatement traced) {
        QueryLog.Answer answer = traced.answer();
        Statement statement = answer.statement();
        Instant ended = traced.told().ended();
        ids.use(traced);
        SpanBuilder builder = tracer.spanBuilder(statement.verb().isEmpty() ? "statement" : statement.verb())
                .setSpanKind(SpanKind.CLIENT)
                .setStartTimestamp(ended.minusNanos(answer.nanos()))
                .setAllAttributes(attributes(traced));
        TraceParent parent = traced.parent();
        if (parent == null) {
            builder.setNoParent();
        } else {
            SpanContext context = SpanContext.createFromRemoteParent(
                    parent.trace(), parent.span(), TraceFlags.getSampled(), TraceState.getDefault());
            builder.setParent(Context.root().with(Span.wrap(context)));
        }
        Span span = builder.startSpan();
        if (answer.error() != 0) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end(ended);
    }

    private static Attributes attributes(TracedStatement traced) {
        QueryLog.Answer answer = traced.answer();
        Statement statement = answer.statement();
        AttributesBuilder attributes = Attributes.builder()
                .put("db.system", "mysql")
                .put("db.operation", statement.verb())
                .put("db.statement", statement.digestText())
                .put("db.user", answer.user())
                .put("server.address", answer.server().host())
                .put("server.port", answer.server().port())
                .put("sluice.session", answer.session())
                .put("sluice.hostgroup", traced.hostgroup())
                .put("sluice.destination", answer.destination().name())
                .put("sluice.reason", answer.reason().name())
                .put("sluice.digest", Long.toHexString(statement.digest()))
                .put("sluice.rows_affected", answer.rowsAffected());
        String schema = answer.schema();
        if (schema != null) {
            attributes.put("db.name", schema);
        }
        if (answer.error() != 0) {
            attributes.put("db.response.status_code", Integer.toString(answer.error()));
        }
        return attributes.build();
    }

    /** Sends what is there; blocks for as long as that takes, a second at most. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
