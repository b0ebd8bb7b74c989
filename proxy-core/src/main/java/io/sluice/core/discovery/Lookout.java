// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import io.sluice.routing.topology.BackendAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Asks servers and names. Both may block for as long as the monitor's timeout. */
interface Lookout {
    /** Empty if the server cannot be asked. */
    Optional<Look> look(BackendAddress server);

    /** All addresses of a host; none if it is unknown. */
    List<InetAddress> addressesOf(String host);
}
