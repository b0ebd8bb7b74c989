// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.statistics;

import io.sluice.core.view.CommandView;
import io.sluice.core.view.DecisionView;
import io.sluice.core.view.DigestView;
import io.sluice.core.view.ErrorView;
import io.sluice.core.view.ExemplarView;
import io.sluice.core.view.LatencyView;
import io.sluice.protocol.SqlError;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.hostgroup.Hostgroup;
import io.sluice.routing.hostgroup.Hostgroups;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop counts. Confined to it. Of digests it keeps those that come most often: when there are twice as
 * many as wanted, the rarer half is forgotten, so that a new one always has its chance.
 */
public final class LoopStatistics {
    /** More first words than SQL has: texts that are no SQL begin with anything. */
    private static final int MAX_COMMANDS = 200;

    private static final int MAX_ERRORS = 1000;
    private static final String OTHERS = "OTHER";
    private static final long[] LIMITS =
            CommandView.LIMITS.stream().mapToLong(Duration::toNanos).toArray();

    private final int maxDigests;
    private Hostgroups hostgroups;
    private final Key probe = new Key();
    private final Map<Key, Digest> digests = new HashMap<>();
    private final Map<Key, Failures> errors = new HashMap<>();
    private final Map<String, Times> commands = new HashMap<>();
    private final Map<BackendAddress, Times> servers = new HashMap<>();
    private final Latencies latencies;
    private final DecisionLog decisions;

    /** How often, how long, and when. */
    private static class Times {
        private final String text;
        private final long firstNanos;
        private long lastNanos;
        private long count;
        private long sum;
        private long min = Long.MAX_VALUE;
        private long max;
        private long rows;
        /** By how long they took; empty where nobody asks. */
        private final long[] slower;

        Times(String text, int buckets, long now) {
            this.text = text;
            this.slower = new long[buckets];
            this.firstNanos = now;
        }

        long count() {
            return count;
        }

        void add(long now, long taken, long affected) {
            lastNanos = now;
            count++;
            sum += taken;
            min = Math.min(min, taken);
            max = Math.max(max, taken);
            rows += affected;
        }
    }

    /** The same of a digest, with how its times spread and where it went. */
    private static final class Digest extends Times {
        private final StatementClass statementClass;
        private final Spread spread = new Spread();
        private long onReplicas;
        private Reason lastReason = Reason.WRITE;

        Digest(Statement statement, long now) {
            super(statement.digestText(), 0, now);
            statementClass = statement.statementClass();
        }

        void add(Destination destination, Reason reason, long taken) {
            spread.add(taken);
            onReplicas += destination == Destination.REPLICA ? 1 : 0;
            lastReason = reason;
        }

        DigestView.Routing routing() {
            return new DigestView.Routing(statementClass, onReplicas, lastReason);
        }
    }

    private static final class Failures {
        private final long firstNanos;
        private long lastNanos;
        private long count;
        private String message = "";

        Failures(long now) {
            this.firstNanos = now;
        }

        long lastNanos() {
            return lastNanos;
        }
    }

    /**
     * @param maxDigests kept at least; 0: digests are not counted
     * @param users those who are told apart
     * @param decisions where statements went
     */
    public LoopStatistics(int maxDigests, Hostgroups hostgroups, UserNames users, DecisionLog decisions) {
        this.decisions = decisions;
        latencies = new Latencies(users);
        this.maxDigests = maxDigests;
        this.hostgroups = hostgroups;
    }

    /**
     * A server has answered a statement.
     *
     * @param wanted the hostgroup that it was directed to, or null
     * @param now the monotonic clock
     * @param taken nanoseconds from the whole command to the end of its answer
     * @param affected rows
     */
    public void answered(
            String user,
            @Nullable String schema,
            Statement statement,
            BackendAddress server,
            Destination destination,
            Reason reason,
            @Nullable Hostgroup wanted,
            long now,
            long taken,
            long affected) {
        if (maxDigests > 0) {
            int hostgroup = hostgroup(wanted, destination, server);
            probe.set(user, schema, hostgroup, statement.digest(), null);
            Digest digest = digests.get(probe);
            if (digest == null) {
                forgetRareDigests();
                digest = new Digest(statement, now);
                digests.put(probe.copy(), digest);
            }
            digest.add(now, taken, affected);
            digest.add(destination, reason, taken);
        }
        Times command = command(statement.verb(), now);
        command.add(now, taken, affected);
        command.slower[bucket(taken)]++;
        Times answers = servers.get(server);
        if (answers == null) {
            answers = new Times("", 0, now);
            servers.put(server, answers);
        }
        answers.add(now, taken, affected);
    }

    /**
     * A server has answered a command, be it a statement or not.
     *
     * @param wanted the hostgroup that it was directed to, or null
     * @param taken nanoseconds from the whole command to the end of its answer
     * @param exemplar its span; null if it has none
     */
    public void took(
            String user,
            StatementClass statementClass,
            BackendAddress server,
            Destination destination,
            @Nullable Hostgroup wanted,
            long taken,
            @Nullable ExemplarView exemplar) {
        latencies.add(user, hostgroup(wanted, destination, server), statementClass, destination, taken, exemplar);
    }

    /** From now on statements count for these. */
    public void use(Hostgroups next) {
        hostgroups = next;
    }

    /** The number of the hostgroup that a statement counts for. */
    public int hostgroup(@Nullable Hostgroup wanted, Destination destination, BackendAddress server) {
        if (wanted != null && wanted.members().contains(server)) {
            return wanted.id();
        }
        return destination == Destination.SOURCE
                ? hostgroups.ofSource().id()
                : hostgroups.ofReplicas().id();
    }

    private Times command(String verb, long now) {
        Times command = commands.get(verb);
        if (command == null) {
            String name = commands.size() < MAX_COMMANDS && !verb.isEmpty() ? verb : OTHERS;
            command = commands.computeIfAbsent(name, unseen -> new Times(unseen, LIMITS.length + 1, now));
        }
        return command;
    }

    private static int bucket(long taken) {
        int bucket = 0;
        while (bucket < LIMITS.length && taken > LIMITS[bucket]) {
            bucket++;
        }
        return bucket;
    }

    private void forgetRareDigests() {
        if (digests.size() < 2 * maxDigests) {
            return;
        }
        List<Map.Entry<Key, Digest>> byCount = new ArrayList<>(digests.entrySet());
        byCount.sort(Comparator.comparingLong(entry -> entry.getValue().count()));
        byCount.subList(0, byCount.size() - maxDigests).forEach(entry -> digests.remove(entry.getKey()));
    }

    /** A server's error is passed on to a client. */
    public void failed(
            String user,
            @Nullable String schema,
            BackendAddress server,
            Destination destination,
            SqlError error,
            long now) {
        probe.set(user, schema, hostgroup(null, destination, server), error.code(), server);
        Failures failures = errors.get(probe);
        if (failures == null) {
            if (errors.size() >= MAX_ERRORS) {
                errors.entrySet().stream()
                        .min(Comparator.comparingLong(entry -> entry.getValue().lastNanos()))
                        .ifPresent(oldest -> errors.remove(oldest.getKey()));
            }
            failures = new Failures(now);
            errors.put(probe.copy(), failures);
        }
        failures.count++;
        failures.lastNanos = now;
        failures.message = error.message();
    }

    /**
     * What was counted of each digest.
     *
     * @param reset whether counting begins anew
     */
    public List<DigestView> digests(boolean reset, long now) {
        List<DigestView> views = new ArrayList<>(digests.size());
        digests.forEach((key, digest) -> views.add(view(key, digest, now)));
        if (reset) {
            digests.clear();
        }
        return views;
    }

    private static DigestView view(Key key, Digest digest, long now) {
        Times times = digest;
        return new DigestView(
                key.hostgroup(),
                key.schema(),
                key.user(),
                key.number(),
                times.text,
                times.count,
                Duration.ofNanos(now - times.firstNanos),
                Duration.ofNanos(now - times.lastNanos),
                Duration.ofNanos(times.sum),
                Duration.ofNanos(times.min),
                Duration.ofNanos(times.max),
                times.rows,
                digest.routing(),
                digest.spread.view());
    }

    /** For where a statement went. */
    public DecisionLog decisions() {
        return decisions;
    }

    /** Where the latest statements went, in no order. */
    public List<DecisionView> decisions(long now) {
        return decisions.views(now);
    }

    /** How long commands took. Any thread. */
    public List<LatencyView> latencies() {
        return latencies.views();
    }

    public List<CommandView> commands() {
        List<CommandView> views = new ArrayList<>(commands.size());
        commands.values().forEach(times -> {
            List<Long> counts = new ArrayList<>();
            for (long count : times.slower) {
                counts.add(count);
            }
            views.add(new CommandView(times.text, Duration.ofNanos(times.sum), counts));
        });
        return views;
    }

    public List<ErrorView> errors(long now) {
        List<ErrorView> views = new ArrayList<>(errors.size());
        errors.forEach((key, failures) -> views.add(new ErrorView(
                key.hostgroup(),
                key.server(),
                key.user(),
                key.schema(),
                (int) key.number(),
                failures.count,
                Duration.ofNanos(now - failures.firstNanos),
                Duration.ofNanos(now - failures.lastNanos),
                failures.message)));
        return views;
    }

    public Map<BackendAddress, Long> queries() {
        Map<BackendAddress, Long> counts = new HashMap<>();
        servers.forEach((server, times) -> counts.put(server, times.count));
        return counts;
    }

    /** A server is gone. */
    public void forget(BackendAddress server) {
        servers.remove(server);
    }
}
