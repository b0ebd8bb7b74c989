// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.channel.Channel;
import io.sluice.core.backend.PeerState;
import java.time.Duration;

/** How long a client has sent no command. One per session, on its event loop. */
final class ClientSilence {
    private final Channel client;
    private final LoopScope scope;
    private long sinceNanos;

    ClientSilence(Channel client, LoopScope scope) {
        this.client = client;
        this.scope = scope;
        end();
    }

    /** A command has come. */
    void end() {
        sinceNanos = scope.nanos();
    }

    Duration duration() {
        return Duration.ofNanos(Math.max(0, scope.nanos() - sinceNanos));
    }

    boolean lastsFor(Duration limit) {
        return duration().compareTo(limit) >= 0;
    }

    /** Whether even the client's machine has said nothing for so long, to what was sent there. */
    boolean isOfMachine(Duration limit) {
        return lastsFor(limit) && PeerState.isSilent(client, limit);
    }
}
