// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.metrics.ProxyMetrics;
import io.sluice.core.monitor.Monitor;
import io.sluice.core.session.SessionEvents;
import io.sluice.routing.Reason;
import io.sluice.routing.topology.BackendAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sessions report, passed on to metrics, monitor and log. Any event loop. */
record DataPathEvents(ProxyMetrics metrics, Monitor monitor) implements SessionEvents {
    private static final Logger LOG = LoggerFactory.getLogger(DataPathEvents.class);

    @Override
    public void answered(Reason reason) {
        metrics.answered(reason);
    }

    @Override
    public void waited(boolean reached) {
        metrics.causalWait(reached);
    }

    @Override
    public void replayed(boolean done) {
        metrics.replayed(done);
    }

    @Override
    public void ownError(int code) {
        metrics.ownError(code);
    }

    @Override
    public void serverError() {
        metrics.serverError();
    }

    @Override
    public void heardFrom(BackendAddress backend, long nanos) {
        monitor.heardFrom(backend, nanos);
    }

    @Override
    public void suspect(BackendAddress backend, String evidence) {
        monitor.suspect(backend, evidence);
    }

    @Override
    public void mispredicted(BackendAddress backend, String what) {
        metrics.mispredicted();
        LOG.warn("backend={} mispredicted=\"{}\"", backend, what);
    }
}
