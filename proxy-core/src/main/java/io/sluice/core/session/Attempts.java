// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.routing.topology.BackendAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How often a command was tried. When a server dies, a pool may hold many of its connections that do not show it yet:
 * those, lost at once one after the other, are one try, since no server got the command by them. So what ends every
 * server that it reaches is still sent to few of them only, and what is ended by somebody for running too long, too.
 */
final class Attempts {
    private static final long AT_ONCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private int count;
    private boolean sent;
    private @Nullable BackendAddress lostAt;
    private long diedAtNanos;
    private long lastLostAtNanos;

    void clear() {
        count = 0;
        sent = false;
        lostAt = null;
    }

    void send() {
        count++;
        sent = true;
    }

    /** The last one, if it was sent, was nobody's fault. */
    void forgetLast() {
        if (sent) {
            count--;
            sent = false;
        }
    }

    int count() {
        return count;
    }

    /** A connection was lost, with the command or before it was sent. Returns how often it was tried. */
    int lost(BackendConnection connection, long now) {
        boolean together = connection.address().equals(lostAt)
                && connection.age().openedAtNanos() - diedAtNanos < 0
                && now - lastLostAtNanos < AT_ONCE_NANOS;
        if (!together) {
            lostAt = connection.address();
            diedAtNanos = now;
        } else if (sent) {
            count--;
        }
        sent = false;
        lastLostAtNanos = now;
        return count;
    }
}
