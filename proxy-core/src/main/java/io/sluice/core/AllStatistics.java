// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.config.AdminSettings;
import io.sluice.core.log.Journals;
import io.sluice.core.session.LoopScope;
import io.sluice.core.trace.Traces;
import io.sluice.core.view.CommandView;
import io.sluice.core.view.DecisionView;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.ErrorView;
import io.sluice.core.view.JournalView;
import io.sluice.core.view.LatencyView;
import io.sluice.core.view.LoopsView;
import io.sluice.core.view.StatisticsView;
import io.sluice.routing.Destination;
import io.sluice.routing.sql.StatementClass;
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
record AllStatistics(EachLoop eachLoop, AdminSettings kept, Journals files, Traces traces) implements StatisticsView {

    private record DigestKey(int hostgroup, String schema, String user, long digest) {}

    private record LatencyKey(String user, int hostgroup, StatementClass statementClass, Destination destination) {}

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
        eachLoop.ask(scope -> scope.statistics().digests(reset, scope.now())).stream()
                .flatMap(Collection::stream)
                .forEach(view -> all.merge(
                        new DigestKey(view.hostgroup(), view.schema(), view.user(), view.digest()),
                        view,
                        AllStatistics::sum));
        return all.values().stream()
                .sorted(Comparator.comparingLong(DigestView::count).reversed())
                .limit(kept.maxDigests())
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
                one.rowsAffected() + other.rowsAffected(),
                new DigestView.Routing(
                        one.routing().statementClass(),
                        one.routing().onReplicas() + other.routing().onReplicas(),
                        (one.lastSeen().compareTo(other.lastSeen()) <= 0 ? one : other)
                                .routing()
                                .lastReason()),
                one.times().plus(other.times()));
    }

    @Override
    public List<DecisionView> decisions() {
        List<DecisionView> all = eachLoop.ask(scope -> scope.statistics().decisions(scope.now())).stream()
                .flatMap(Collection::stream)
                .sorted(Comparator.comparing(DecisionView::ago).reversed())
                .toList();
        return all.subList(Math.max(0, all.size() - kept.maxDecisions()), all.size());
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
        eachLoop.ask(scope -> scope.statistics().commands()).stream()
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
        eachLoop.ask(scope -> scope.statistics().errors(scope.now())).stream()
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
        eachLoop.ask(scope -> scope.statistics().queries())
                .forEach(some -> some.forEach((server, count) -> all.merge(server, count, Long::sum)));
        return all;
    }

    @Override
    public List<LatencyView> latencies() {
        Map<LatencyKey, LatencyView> all = new LinkedHashMap<>();
        for (LoopScope scope : eachLoop.scopes()) {
            for (LatencyView view : scope.statistics().latencies()) {
                all.merge(
                        new LatencyKey(view.user(), view.hostgroup(), view.statementClass(), view.destination()),
                        view,
                        AllStatistics::sum);
            }
        }
        return List.copyOf(all.values());
    }

    private static LatencyView sum(LatencyView one, LatencyView other) {
        return new LatencyView(
                one.user(),
                one.hostgroup(),
                one.statementClass(),
                one.destination(),
                one.times().plus(other.times()));
    }

    @Override
    public LoopsView loops() {
        return eachLoop.scopes().stream()
                .map(scope -> scope.delay().view())
                .reduce((one, other) ->
                        new LoopsView(one.delays().plus(other.delays()), longer(one.silence(), other.silence())))
                .orElseThrow();
    }

    @Override
    public int held() {
        return eachLoop.scopes().stream().mapToInt(LoopScope::heldCount).sum();
    }

    @Override
    public List<JournalView> journals() {
        List<JournalView> all = new ArrayList<>(files.views());
        all.addAll(traces.views());
        return all;
    }
}
