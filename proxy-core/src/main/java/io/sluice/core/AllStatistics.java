// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.view.CommandView;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.ErrorView;
import io.sluice.core.view.StatisticsView;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What all event loops have counted, added up. Any thread but theirs. */
record AllStatistics(EachLoop loops, int maxDigests) implements StatisticsView {

    private record DigestKey(int hostgroup, String schema, String user, long digest) {}

    private record ErrorKey(int hostgroup, BackendAddress server, String user, String schema, int code) {}

    @Override
    public List<DigestView> digests() {
        return digests(false);
    }

    @Override
    public List<DigestView> takeDigests() {
        return digests(true);
    }

    private List<DigestView> digests(boolean reset) {
        Map<DigestKey, DigestView> all = new HashMap<>();
        loops.ask(scope -> scope.statistics().digests(reset, scope.now())).stream()
                .flatMap(Collection::stream)
                .forEach(view -> all.merge(
                        new DigestKey(view.hostgroup(), view.schema(), view.user(), view.digest()),
                        view,
                        AllStatistics::sum));
        return all.values().stream()
                .sorted(Comparator.comparingLong(DigestView::count).reversed())
                .limit(maxDigests)
                .toList();
    }

    private static DigestView sum(DigestView one, DigestView other) {
        return new DigestView(
                one.hostgroup(),
                one.schema(),
                one.user(),
                one.digest(),
                one.text(),
                one.count() + other.count(),
                longer(one.firstSeen(), other.firstSeen()),
                shorter(one.lastSeen(), other.lastSeen()),
                one.sum().plus(other.sum()),
                shorter(one.min(), other.min()),
                longer(one.max(), other.max()),
                one.rowsAffected() + other.rowsAffected());
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public List<CommandView> commands() {
        Map<String, CommandView> all = new LinkedHashMap<>();
        loops.ask(scope -> scope.statistics().commands()).stream()
                .flatMap(Collection::stream)
                .forEach(view -> all.merge(view.command(), view, AllStatistics::sum));
        return List.copyOf(all.values());
    }

    private static CommandView sum(CommandView one, CommandView other) {
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < one.counts().size(); i++) {
            counts.add(one.counts().get(i) + other.counts().get(i));
        }
        return new CommandView(one.command(), one.sum().plus(other.sum()), counts);
    }

    @Override
    public List<ErrorView> errors() {
        Map<ErrorKey, ErrorView> all = new LinkedHashMap<>();
        loops.ask(scope -> scope.statistics().errors(scope.now())).stream()
                .flatMap(Collection::stream)
                .forEach(view -> all.merge(
                        new ErrorKey(view.hostgroup(), view.server(), view.user(), view.schema(), view.code()),
                        view,
                        AllStatistics::sum));
        return List.copyOf(all.values());
    }

    private static ErrorView sum(ErrorView one, ErrorView other) {
        boolean later = other.lastSeen().compareTo(one.lastSeen()) < 0;
        return new ErrorView(
                one.hostgroup(),
                one.server(),
                one.user(),
                one.schema(),
                one.code(),
                one.count() + other.count(),
                longer(one.firstSeen(), other.firstSeen()),
                shorter(one.lastSeen(), other.lastSeen()),
                later ? other.lastMessage() : one.lastMessage());
    }

    @Override
    public Map<BackendAddress, Long> queries() {
        Map<BackendAddress, Long> all = new HashMap<>();
        loops.ask(scope -> scope.statistics().queries())
                .forEach(some -> some.forEach((server, count) -> all.merge(server, count, Long::sum)));
        return all;
    }
}
