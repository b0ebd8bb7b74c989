// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.log;

import io.sluice.core.config.LogSettings;
import io.sluice.core.view.JournalView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The journals that the configuration wants. Its owner closes them; the rest is for any thread. */
public final class Journals implements AutoCloseable {
    private final LogSettings settings;
    private final @Nullable Journal queries;
    private final @Nullable Journal clients;
    private final RuleLines rules = new RuleLines();

    private Journals(LogSettings settings, @Nullable Journal queries, @Nullable Journal clients) {
        this.settings = settings;
        this.queries = queries;
        this.clients = clients;
    }

    /**
     * Opens the files that the configuration names.
     *
     * @throws IOException if a file cannot be written to; the message names its key
     */
    public static Journals open(LogSettings settings) throws IOException {
        Path queries = settings.queries().file();
        Path clients = settings.clients();
        Clock clock = Clock.systemUTC();
        return new Journals(
                settings,
                queries == null ? null : Journal.open(queries, "log.queries.file", clock),
                clients == null ? null : Journal.open(clients, "log.clients.file", clock));
    }

    /** One for an event loop. */
    public QueryLog queryLog() {
        return new QueryLog(queries, settings.queries(), rules);
    }

    public ClientLog clientLog() {
        return new ClientLog(clients);
    }

    /** What has become of lines. */
    public List<JournalView> views() {
        List<JournalView> views = new ArrayList<>();
        if (queries != null) {
            views.add(new JournalView("queries", queries.written(), queries.dropped()));
        }
        if (clients != null) {
            views.add(new JournalView("clients", clients.written(), clients.dropped()));
        }
        views.add(rules.view());
        return views;
    }

    @Override
    public void close() {
        rules.close();
        if (queries != null) {
            queries.close();
        }
        if (clients != null) {
            clients.close();
        }
    }
}
