// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.view.CommandView;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.ErrorView;
import io.sluice.core.view.StatisticsView;
import io.sluice.routing.topology.BackendAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Figures that nobody has counted. */
public final class FakeStatistics implements StatisticsView {
    public final List<DigestView> digests = new ArrayList<>();
    public final List<CommandView> commands = new ArrayList<>();
    public final List<ErrorView> errors = new ArrayList<>();
    public final Map<BackendAddress, Long> queries = new ConcurrentHashMap<>();

    @Override
    public List<DigestView> digests() {
        return List.copyOf(digests);
    }

    @Override
    public List<DigestView> takeDigests() {
        List<DigestView> taken = List.copyOf(digests);
        digests.clear();
        return taken;
    }

    @Override
    public List<CommandView> commands() {
        return List.copyOf(commands);
    }

    @Override
    public List<ErrorView> errors() {
        return List.copyOf(errors);
    }

    @Override
    public Map<BackendAddress, Long> queries() {
        return Map.copyOf(queries);
    }
}
