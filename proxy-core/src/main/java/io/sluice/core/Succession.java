// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.unix.FileDescriptor;
import io.sluice.core.config.SluiceConfig;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether another process can take this one's place. Used by the proxy's owner's thread. */
final class Succession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);

    private final SluiceConfig config;
    private final Transport transport;
    private final EventLoopGroup loops;
    private final ClientListeners listeners;
    private @Nullable HandOver handOver;

    /** Lets clients in by these sockets. */
    interface Opening {
        void open(Map<String, FileDescriptor> sockets) throws IOException;
    }

    Succession(SluiceConfig config, Transport transport, EventLoopGroup loops, ClientListeners listeners) {
        this.config = config;
        this.transport = transport;
        this.loops = loops;
        this.listeners = listeners;
    }

    /** Looks, before anything is done for it, whether there is a process to take over from. */
    void refuseIfImpossible() throws IOException {
        String why = obstacle();
        if (why != null) {
            throw new IOException("--takeover: " + why + "; stop the running Sluice, then start without --takeover");
        }
        new TakeOver(config.dataDir(), loops).names();
    }

    /** Takes over from the process that has the same data directory, which accepts no more when this returns. */
    void takeOver(Opening opening) throws IOException {
        TakeOver former = new TakeOver(config.dataDir(), loops);
        opening.open(former.sockets());
        former.take();
    }

    private @Nullable String obstacle() {
        if (transport.unixServerChannel() == null) {
            return "sockets are handed over with the transport epoll alone, which Linux has, not with "
                    + transport.name();
        }
        return null;
    }

    /** Offers the sockets from now on; done when another process has taken over, and never where that cannot be. */
    CompletionStage<Void> offer(Runnable alsoRelease) {
        String why = obstacle();
        try {
            if (why == null) {
                handOver = new HandOver(
                        config.dataDir(),
                        listeners.sockets(),
                        () -> {
                            listeners.release();
                            alsoRelease.run();
                        },
                        loops);
                return handOver.replaced();
            }
            LOG.debug("takeover=impossible why=\"{}\"", why);
        } catch (IOException e) {
            LOG.warn(
                    "event=takeover_impossible why=\"{}\" effect=\"a restart refuses clients for a moment\"",
                    e.getMessage());
        }
        return new CompletableFuture<>();
    }

    @Override
    public void close() {
        if (handOver != null) {
            handOver.close();
        }
    }
}
