// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.session.Session;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How clients go who are here when no new ones are let in. */
record Retirement(EachLoop eachLoop, ClientFront front) {
    private static final Logger LOG = LoggerFactory.getLogger(Retirement.class);
    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(200);

    /**
     * Another process serves new clients: those here go when they have been idle for a while between two statements and
     * nothing ties them to their connection. Nobody is sent away who has only just come. Returns when all have gone, or the
     * time is over. Blocks.
     */
    void idle(Duration limit) {
        long rounds = limit.dividedBy(PAUSE);
        for (long round = 0; round < rounds && front.clientCount() > 0; round++) {
            eachLoop.ask(scope -> {
                List.copyOf(scope.sessions()).forEach(session -> session.drain(IDLE));
                return true;
            });
            front.awaitNoClients(PAUSE);
        }
    }

    /** All go at the end of what they have open, and at the limit all that are left. Blocks. */
    void drain(Duration limit) {
        LOG.info("event=draining clients={} deadline_ms={}", front.clientCount(), limit.toMillis());
        eachLoop.ask(scope -> {
            List.copyOf(scope.sessions()).forEach(session -> session.drain(Duration.ZERO));
            return true;
        });
        front.awaitNoClients(limit);
        int left = front.clientCount();
        eachLoop.ask(scope -> {
            List.copyOf(scope.sessions()).forEach(Session::closeNow);
            return true;
        });
        LOG.info("event=drained clients_closed={}", left);
    }
}
