// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.report;

import io.sluice.drill.load.Call;
import io.sluice.drill.load.Call.Kind;
import io.sluice.drill.load.Recording;
import io.sluice.drill.load.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a load saw of the acts, held against the rows that are there at the end.
 *
 * @param servers what was drilled, in words
 * @param written writes acknowledged
 * @param lost of these, those that the source of now lacks; without those that died
 * @param died acknowledged by a source that was killed before the promoted replica had them: asynchronous replication
 * @param doubled rows that are there more than once
 * @param stale read-backs that did not find the row, which was there
 * @param errors of statements, by code
 * @param lostConnections of clients
 */
public record Findings(
        String servers,
        int writers,
        int readers,
        long lastedNanos,
        int written,
        int readBacks,
        int reads,
        int lost,
        int died,
        int doubled,
        int stale,
        Map<Integer, Errors> errors,
        int lostConnections,
        List<Outcome> acts,
        Timeline timeline) {

    /** Errors of one code; the message is that of the first. */
    public record Errors(int count, String message) {
        private Errors and(Errors other) {
            return new Errors(count + other.count, message);
        }
    }

    /**
     * How writes went on after an act. Milliseconds.
     *
     * @param atMillis since the load began
     * @param pauseFromMillis since the load began: the last write that succeeded before the pause
     * @param pauseMillis the longest time without a write that succeeded, while the act went on: from the last good one to the first good one
     * @param promotedToWriteMillis empty if it is not known when the new source was promoted
     * @param errors of clients, until the next act
     * @param resumed whether writes succeeded again
     */
    public record Outcome(
            Act act,
            long atMillis,
            long endedMillis,
            long pauseFromMillis,
            long pauseMillis,
            OptionalLong promotedToWriteMillis,
            int errors,
            boolean resumed) {}

    public Findings {
        errors = new TreeMap<>(errors);
        acts = List.copyOf(acts);
    }

    /**
     * Counts.
     *
     * @param load what the clients saw
     * @param there what the source of now has, and how often
     */
    public static Findings of(String servers, Recording load, Map<Row, Integer> there, List<Act> acts) {
        List<Call> calls = load.calls();
        int written = 0;
        int readBacks = 0;
        int reads = 0;
        int lost = 0;
        int died = 0;
        int stale = 0;
        Map<Integer, Errors> errors = new TreeMap<>();
        for (Call call : calls) {
            if (call.failed()) {
                errors.merge(call.error(), new Errors(1, call.message()), Errors::and);
            } else if (call.kind() == Kind.WRITE) {
                written++;
                boolean isThere = there.containsKey(call.row());
                boolean excused = !isThere && diedWithItsSource(call, acts);
                died += excused ? 1 : 0;
                lost += isThere || excused ? 0 : 1;
            } else if (call.kind() == Kind.READ_BACK) {
                readBacks++;
                stale += call.missed() && (there.containsKey(call.row()) || !diedWithItsSource(call, acts)) ? 1 : 0;
            } else {
                reads++;
            }
        }
        return new Findings(
                servers,
                load.writers(),
                load.readers(),
                load.stoppedNanos() - load.startedNanos(),
                written,
                readBacks,
                reads,
                lost,
                died,
                (int) there.values().stream().filter(count -> count > 1).count(),
                stale,
                errors,
                load.lostConnections(),
                outcomes(calls, acts, load),
                Timeline.of(calls, load.startedNanos(), load.stoppedNanos()));
    }

    /** Whether everything went as it has to: nothing lost, doubled or stale, and writes came back. */
    public boolean held() {
        return lost == 0 && doubled == 0 && stale == 0 && acts.stream().allMatch(Outcome::resumed);
    }

    /** Of all codes together. */
    public int errorCount() {
        return errors.values().stream().mapToInt(Errors::count).sum();
    }

    private static boolean diedWithItsSource(Call call, List<Act> acts) {
        for (Act act : acts) {
            Long promoted = act.promotedNanos();
            if (promoted != null && call.beganNanos() - promoted < 0) {
                Set<Row> had = act.had();
                return had != null && !had.contains(call.row());
            }
        }
        return false;
    }

    private static List<Outcome> outcomes(List<Call> calls, List<Act> acts, Recording load) {
        long[] good = calls.stream()
                .filter(Call::isWritten)
                .mapToLong(Call::endedNanos)
                .sorted()
                .toArray();
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < acts.size(); i++) {
            Act act = acts.get(i);
            long until = i + 1 < acts.size() ? acts.get(i + 1).beganNanos() : load.stoppedNanos();
            outcomes.add(outcome(act, until, good, calls, load.startedNanos()));
        }
        return outcomes;
    }

    private static Outcome outcome(Act act, long until, long[] good, List<Call> calls, long origin) {
        long from = origin;
        long pause = 0;
        long first = Long.MIN_VALUE;
        Long promoted = act.promotedNanos();
        long last = origin;
        for (long at : good) {
            if (at >= until) {
                break;
            }
            if (at >= act.beganNanos() && last <= act.endedNanos() && at - last > pause) {
                pause = at - last;
                from = last;
            }
            if (first == Long.MIN_VALUE && at > (promoted == null ? act.endedNanos() : promoted)) {
                first = at;
            }
            last = at;
        }
        boolean resumed = first != Long.MIN_VALUE;
        if (!resumed) {
            from = last;
            pause = until - last;
        }
        int errors = (int) calls.stream()
                .filter(call -> call.failed() && call.endedNanos() >= act.beganNanos() && call.endedNanos() < until)
                .count();
        return new Outcome(
                act,
                millis(act.beganNanos() - origin),
                millis(act.endedNanos() - origin),
                millis(from - origin),
                millis(pause),
                promotedToWrite(promoted, first),
                errors,
                resumed);
    }

    private static OptionalLong promotedToWrite(@Nullable Long promoted, long first) {
        return promoted == null || first == Long.MIN_VALUE
                ? OptionalLong.empty()
                : OptionalLong.of(millis(first - promoted));
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
