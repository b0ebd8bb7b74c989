// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import io.sluice.core.view.OpenWork;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Topology;
import java.util.List;

/** The way of statements to servers, as far as an operation may open and close it. Any thread. */
public interface Gate {
    /** As observed, without what is withheld. */
    Topology topology();

    /** From now on nothing new is begun at that server; what is open there goes on. Tells why in its note. */
    void withhold(BackendAddress server, String why);

    /** Takes that back; the server serves again as far as it is able to. */
    void release(BackendAddress server);

    /** The sessions that need what they have at that server. Blocks for moments. */
    List<OpenWork> openWorkAt(BackendAddress server);

    /** Ends all that is open at that server; the clients are told. */
    void abandon(BackendAddress server);

    /** Ask every server at once. */
    void look();
}
