// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.session.SessionDirectory;
import io.sluice.core.view.ProxyControl;
import io.sluice.protocol.SqlError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps clients out, or sends them away, as an operator wants. Thread-safe. */
final class ClientDoor implements ProxyControl {
    private static final Logger LOG = LoggerFactory.getLogger(ClientDoor.class);

    private final ClientFront front;
    private final ClientListeners listeners;
    private final EachLoop loops;
    private final SessionDirectory directory;

    ClientDoor(ClientFront front, ClientListeners listeners, EachLoop loops, SessionDirectory directory) {
        this.front = front;
        this.listeners = listeners;
        this.loops = loops;
        this.directory = directory;
    }

    @Override
    public void pause() {
        front.pause(true);
        LOG.info("event=paused clients={} effect=\"new clients are refused\"", front.clientCount());
    }

    @Override
    public void resume() {
        front.pause(false);
        LOG.info("event=resumed clients={}", front.clientCount());
    }

    @Override
    public CompletableFuture<@Nullable SqlError> kill(long session, boolean query) {
        return directory.kill(session, query);
    }

    @Override
    public void drain(Duration limit) {
        front.shut();
        listeners.close();
        new Retirement(loops, front).drain(limit);
    }
}
