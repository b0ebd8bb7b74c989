// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

import io.sluice.core.config.ServerSettings;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.topology.BackendAddress;
import java.util.List;

/** Which servers there are. Any thread; nothing here blocks. */
public interface ServerList {

    /**
     * One server.
     *
     * @param discovered whether it was found by itself rather than listed by an operator
     */
    record Entry(ServerSettings settings, boolean discovered) {}

    /** Is told of servers that come and go; at the begin of those that are there. */
    interface Watcher {
        void added(BackendAddress server);

        void removed(BackendAddress server);
    }

    List<Entry> servers();

    /**
     * From now on these are the listed servers. Those that are new get reads once the monitor has found them able to
     * serve; at those that are missing nothing new is begun, and connections are closed when sessions give them back.
     * Discovered ones stay, unless they are among those that are listed now.
     *
     * @throws Refused if they cannot be; nothing is changed then, and the message names all that is wrong
     */
    void replace(List<ServerSettings> listed) throws Refused;

    void watch(Watcher watcher);
}
