// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.config.ServerSettings;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.ServerList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A list of servers behind which there are none. */
final class FakeServers implements ServerList {
    final List<Entry> entries = new CopyOnWriteArrayList<>();

    @Override
    public List<Entry> servers() {
        return List.copyOf(entries);
    }

    @Override
    public void replace(List<ServerSettings> listed) throws Refused {
        entries.removeIf(entry -> !entry.discovered());
        listed.forEach(settings -> entries.add(new Entry(settings, false)));
    }

    @Override
    public void watch(Watcher watcher) {
        entries.forEach(entry -> watcher.added(entry.settings().address()));
    }
}
