// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.backend.PoolLimits;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.limit.Limit;
import io.sluice.core.monitor.Monitor;
import io.sluice.core.session.SessionLimits;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings that can be changed while the proxy runs, and those who go by them. Others are as they were at the start,
 * whatever is given here. Thread-safe; who reads never waits.
 */
final class LiveSettings implements Consumer<SluiceConfig> {
    private final EachLoop loops;
    private final ClientFront front;
    private final Monitor monitor;
    private final NettyConnector connector;
    private final List<Limit> limits;
    private final @Nullable Limit sourceReads;
    private volatile SluiceConfig now;

    /**
     * @param limits on statements, which stay
     * @param sourceReads another one
     */
    LiveSettings(
            SluiceConfig first,
            EachLoop loops,
            ClientFront front,
            Monitor monitor,
            NettyConnector connector,
            List<Limit> limits,
            @Nullable Limit sourceReads) {
        this.now = first;
        this.loops = loops;
        this.front = front;
        this.monitor = monitor;
        this.connector = connector;
        this.limits = limits;
        this.sourceReads = sourceReads;
    }

    SessionLimits ofSessions() {
        return SessionLimits.of(now, limits, sourceReads);
    }

    PoolLimits ofPools() {
        return PoolLimits.of(now.pool(), now.backend());
    }

    /** From now on these are the settings. Not on an event loop. */
    @Override
    public synchronized void accept(SluiceConfig next) {
        now = next;
        front.use(next);
        monitor.use(next.monitor());
        connector.use(next.backend().connectTimeout());
        SessionLimits ofSessions = ofSessions();
        PoolLimits ofPools = ofPools();
        loops.ask(scope -> {
            scope.use(ofSessions, ofPools, next.log().queries());
            return true;
        });
    }
}
