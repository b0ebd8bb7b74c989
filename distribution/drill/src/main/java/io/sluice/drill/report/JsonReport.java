// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.Writer;
import java.util.concurrent.TimeUnit;

/** What a program reads; times in milliseconds since the load began. */
public final class JsonReport {
    private JsonReport() {}

    public static void write(Findings found, Writer out) throws IOException {
        try (JsonGenerator json = new JsonFactory().createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeBooleanField("held", found.held());
            json.writeStringField("servers", found.servers());
            json.writeNumberField("lasted_ms", TimeUnit.NANOSECONDS.toMillis(found.lastedNanos()));
            json.writeNumberField("writers", found.writers());
            json.writeNumberField("readers", found.readers());
            json.writeNumberField("writes_acknowledged", found.written());
            json.writeNumberField("lost_writes", found.lost());
            json.writeNumberField("doubled_writes", found.doubled());
            json.writeNumberField("died_with_old_source", found.died());
            json.writeNumberField("reads_of_own_writes", found.readBacks());
            json.writeNumberField("stale_reads", found.stale());
            json.writeNumberField("other_reads", found.reads());
            json.writeNumberField("lost_connections", found.lostConnections());
            errors(found, json);
            acts(found, json);
            timeline(found.timeline(), json);
            json.writeEndObject();
        }
    }

    private static void errors(Findings found, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("errors");
        for (var error : found.errors().entrySet()) {
            json.writeStartObject();
            json.writeNumberField("code", error.getKey());
            json.writeNumberField("count", error.getValue().count());
            json.writeStringField("message", error.getValue().message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void acts(Findings found, JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("acts");
        for (Findings.Outcome outcome : found.acts()) {
            json.writeStartObject();
            json.writeStringField("kind", outcome.act().kind().toString());
            json.writeStringField("from", outcome.act().from());
            json.writeStringField("to", outcome.act().to());
            json.writeNumberField("at_ms", outcome.atMillis());
            json.writeNumberField("rto_ms", outcome.pauseMillis());
            if (outcome.promotedToWriteMillis().isPresent()) {
                json.writeNumberField(
                        "promotion_to_first_write_ms",
                        outcome.promotedToWriteMillis().getAsLong());
            }
            json.writeNumberField("errors", outcome.errors());
            json.writeBooleanField("writes_came_back", outcome.resumed());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void timeline(Timeline timeline, JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("timeline");
        json.writeNumberField("bucket_ms", Timeline.BUCKET_MILLIS);
        numbers("writes", timeline.writes(), json);
        numbers("reads", timeline.reads(), json);
        numbers("errors", timeline.errors(), json);
        json.writeEndObject();
    }

    private static void numbers(String name, int[] values, JsonGenerator json) throws IOException {
        json.writeFieldName(name);
        json.writeArray(values, 0, values.length);
    }
}
