// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Answers with what a fake server shows after a delay, or never. */
final class FakeProbe implements Probe {

    private final FakeServer server;
    private final ManualThread thread;
    Duration delay = Duration.ofMillis(1);
    boolean hangs;
    int asked;
    int abandoned;
    int renewed;
    boolean closed;

    FakeProbe(FakeServer server, ManualThread thread) {
        this.server = server;
        this.thread = thread;
    }

    @Override
    public CompletableFuture<Observation> ask() {
        asked++;
        CompletableFuture<Observation> answer = new CompletableFuture<>();
        if (!hangs) {
            long sent = thread.nanos();
            thread.schedule(delay, () -> answer.complete(server.observe(sent)));
        }
        return answer;
    }

    @Override
    public void abandon() {
        abandoned++;
    }

    @Override
    public void renew() {
        renewed++;
    }

    @Override
    public void close() {
        closed = true;
    }
}
