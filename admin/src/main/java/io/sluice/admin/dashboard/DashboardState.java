// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.dashboard;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.admin.dashboard.Samples.Sample;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.FailoverView;
import io.sluice.core.view.PoolView;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.SessionView;
import io.sluice.core.view.StatisticsView;
import io.sluice.core.view.TopologyEvent;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Topology;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** All that the page draws, as JSON. Times are milliseconds, points in time milliseconds since the epoch. */
final class DashboardState {
    private static final int MAX_DIGESTS = 25;
    private static final int MAX_PINNED = 50;
    private static final int MAX_EVENTS = 100;
    private static final JsonFactory JSON = new JsonFactory();

    private final ProxyView view;
    private final StatisticsView statistics;
    private final Samples samples;
    private final String version;
    private final Clock clock;

    DashboardState(ProxyView view, StatisticsView statistics, Samples samples, String version, Clock clock) {
        this.view = view;
        this.statistics = statistics;
        this.samples = samples;
        this.version = version;
        this.clock = clock;
    }

    String json() {
        StringWriter text = new StringWriter(16_384);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("version", version);
            json.writeNumberField("now", clock.millis());
            json.writeNumberField("startedAt", view.startedAt().toEpochMilli());
            json.writeBooleanField("accepting", view.accepting());
            json.writeNumberField("clients", view.clientCount());
            topology(json);
            history(json);
            digests(json);
            sessions(json);
            failovers(json);
            events(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void topology(JsonGenerator json) throws IOException {
        Topology topology = view.topology();
        Map<BackendAddress, PoolView> pools = new HashMap<>();
        view.pools().forEach(pool -> pools.put(pool.backend(), pool));
        Map<BackendAddress, Double> rates = samples.rates();
        json.writeStringField(
                "source",
                topology.source().map(Member::address).map(Object::toString).orElse(""));
        json.writeStringField("note", topology.note());
        json.writeArrayFieldStart("servers");
        for (Member member : topology.members()) {
            json.writeStartObject();
            json.writeStringField("address", member.address().toString());
            json.writeStringField("role", member.role().name().toLowerCase(Locale.ROOT));
            json.writeBooleanField("online", member.online());
            number(
                    json,
                    "lag",
                    member.lag() == null ? null : (double) member.lag().toMillis());
            json.writeNumberField("weight", member.weight());
            json.writeStringField(
                    "version", member.version() == null ? "" : member.version().text());
            json.writeStringField("note", member.note());
            json.writeNumberField("rate", rounded(rates.getOrDefault(member.address(), 0.0)));
            PoolView pool = pools.get(member.address());
            if (pool != null) {
                json.writeNumberField("limit", pool.limit());
                json.writeNumberField("open", pool.open());
                json.writeNumberField("leased", pool.leased());
                json.writeNumberField("waiting", pool.waiting());
                json.writeNumberField("slowness", rounded(pool.slowness()));
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void history(JsonGenerator json) throws IOException {
        List<Sample> all = samples.samples();
        json.writeObjectFieldStart("history");
        json.writeNumberField("interval", Samples.INTERVAL.toMillis());
        json.writeNumberField("kept", Samples.KEPT);
        json.writeArrayFieldStart("at");
        for (Sample sample : all) {
            json.writeNumber(sample.atMillis());
        }
        json.writeEndArray();
        series(json, "source", all, Sample::source);
        series(json, "replicas", all, Sample::replicas);
        series(json, "errors", all, Sample::errors);
        series(json, "p50", all, sample -> orNaN(sample.p50()));
        series(json, "p95", all, sample -> orNaN(sample.p95()));
        series(json, "p99", all, sample -> orNaN(sample.p99()));
        json.writeEndObject();
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    private static void series(JsonGenerator json, String name, List<Sample> all, ToDoubleFunction<Sample> value)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Sample sample : all) {
            double one = value.applyAsDouble(sample);
            if (Double.isNaN(one)) {
                json.writeNull();
            } else {
                json.writeNumber(rounded(one));
            }
        }
        json.writeEndArray();
    }

    /** Those that took most of the time, with where they would go now. */
    private void digests(JsonGenerator json) throws IOException {
        List<DigestView> top = statistics.digests().stream()
                .sorted(Comparator.comparing(DigestView::sum).reversed())
                .limit(MAX_DIGESTS)
                .toList();
        json.writeArrayFieldStart("digests");
        for (DigestView digest : top) {
            json.writeStartObject();
            json.writeStringField("digest", Long.toHexString(digest.digest()));
            json.writeStringField("text", digest.text());
            json.writeStringField("user", digest.user());
            json.writeStringField("schema", digest.schema());
            json.writeNumberField("hostgroup", digest.hostgroup());
            json.writeNumberField("count", digest.count());
            json.writeNumberField("sum", rounded(digest.sum().toNanos() / 1e6));
            json.writeNumberField("max", rounded(digest.max().toNanos() / 1e6));
            json.writeObjectFieldStart("route");
            for (Map.Entry<String, String> fact :
                    view.explain(digest.text()).facts().entrySet()) {
                json.writeStringField(fact.getKey(), fact.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void sessions(JsonGenerator json) throws IOException {
        List<SessionView> all = view.sessions();
        Map<String, Integer> states = new TreeMap<>();
        all.forEach(session -> states.merge(session.state(), 1, Integer::sum));
        json.writeObjectFieldStart("states");
        for (Map.Entry<String, Integer> state : states.entrySet()) {
            json.writeNumberField(state.getKey(), state.getValue());
        }
        json.writeEndObject();
        List<SessionView> pinned =
                all.stream().filter(session -> !session.pins().isEmpty()).toList();
        json.writeNumberField("pinnedSessions", pinned.size());
        json.writeArrayFieldStart("pinned");
        for (SessionView session : pinned.subList(0, Math.min(MAX_PINNED, pinned.size()))) {
            json.writeStartObject();
            json.writeNumberField("id", session.id());
            json.writeStringField("user", session.user());
            json.writeStringField("client", session.client());
            json.writeStringField("state", session.state());
            json.writeStringField("pins", session.pins());
            json.writeStringField("backend", session.backend());
            json.writeNumberField("idle", session.idle().toMillis());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void failovers(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("failovers");
        for (FailoverView failover : view.history().failovers()) {
            json.writeStartObject();
            json.writeStringField("from", failover.from());
            json.writeNumberField("lostAt", failover.lostAt().toEpochMilli());
            json.writeStringField("whyLost", failover.whyLost());
            Instant regained = failover.regainedAt();
            if (regained != null && failover.to() != null) {
                json.writeStringField("to", failover.to());
                json.writeNumberField("regainedAt", regained.toEpochMilli());
                json.writeStringField("whyRegained", failover.whyRegained());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void events(JsonGenerator json) throws IOException {
        List<TopologyEvent> all = view.history().events();
        json.writeArrayFieldStart("events");
        for (TopologyEvent event : all.subList(Math.max(0, all.size() - MAX_EVENTS), all.size())) {
            json.writeStartObject();
            json.writeNumberField("at", event.at().toEpochMilli());
            json.writeStringField("event", event.event());
            json.writeObjectFieldStart("facts");
            for (Map.Entry<String, String> fact : event.facts().entrySet()) {
                json.writeStringField(fact.getKey(), fact.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void number(JsonGenerator json, String name, @Nullable Double value) throws IOException {
        if (value == null) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, rounded(value));
        }
    }

    /** Three digits behind the point are more than anybody sees. */
    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
