// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.trace;

import io.sluice.core.config.TracingSettings;
import io.sluice.core.view.JournalView;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The spans that the configuration wants, or none; then nothing of OpenTelemetry is loaded. Its owner closes it. */
public final class Traces implements AutoCloseable {
    private final TracingSettings settings;
    private final @Nullable SpanExport export;

    private Traces(TracingSettings settings, @Nullable SpanExport export) {
        this.settings = settings;
        this.export = export;
    }

    /** Begins to wait for statements. */
    public static Traces open(TracingSettings settings) {
        return new Traces(
                settings, settings.endpoint().isEmpty() ? null : SpanExport.start(settings, Clock.systemUTC()));
    }

    /** One for an event loop. */
    public LoopTraces forLoop() {
        return new LoopTraces(export, settings.oneIn());
    }

    /** What has become of spans. */
    public List<JournalView> views() {
        return export == null ? List.of() : List.of(export.view());
    }

    @Override
    public void close() {
        if (export != null) {
            export.close();
        }
    }
}
