// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.routing.sql.Structures;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The one thread that parses statements for all event loops, in the background. */
final class SqlParsing implements AutoCloseable {
    private final ExecutorService thread = Executors.newSingleThreadExecutor(parse -> {
        Thread thread = new Thread(parse, "sluice-parser");
        thread.setDaemon(true);
        return thread;
    });
    private final @Nullable Structures structures;

    /** @param cacheBytes 0: nothing is parsed */
    SqlParsing(int cacheBytes) {
        structures = cacheBytes == 0 ? null : new Structures(thread, cacheBytes);
    }

    /** Null if nothing is parsed. */
    @Nullable
    Structures structures() {
        return structures;
    }

    /** What waits to be parsed is not. */
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
