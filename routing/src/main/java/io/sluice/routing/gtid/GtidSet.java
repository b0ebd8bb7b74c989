// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.gtid;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable set of transactions, as {@code gtid_executed} and session trackers tell it.
 *
 * <p>MariaDB's {@code domain-server-sequence} stands for all transactions of the domain up to the sequence number, so
 * that one algebra serves both: a MariaDB position is the interval from 1 to its sequence. The server id that wrote
 * the last transaction is kept for {@link #toString()} and takes no part in comparisons.
 */
public final class GtidSet {
    public static final GtidSet EMPTY = new GtidSet(Collections.emptySortedMap(), Map.of());

    private final SortedMap<Origin, List<Interval>> transactions;
    /** For each MariaDB domain the server that wrote the last transaction known. */
    private final Map<Origin, Long> lastWriters;

    private GtidSet(SortedMap<Origin, List<Interval>> transactions, Map<Origin, Long> lastWriters) {
        this.transactions = transactions;
        this.lastWriters = lastWriters;
    }

    /** Takes the caller's maps: lists of intervals must be normalised and not empty. */
    static GtidSet of(SortedMap<Origin, List<Interval>> transactions, Map<Origin, Long> lastWriters) {
        return transactions.isEmpty() ? EMPTY : new GtidSet(transactions, lastWriters);
    }

    /**
     * Reads {@code uuid:1-5:7,uuid:tag:3} (with or without line breaks) or {@code 0-1-100,1-2-5}.
     *
     * @throws IllegalArgumentException naming the position of the first character that is wrong
     */
    public static GtidSet parse(String text) {
        return new GtidSetParser(text).parse();
    }

    public boolean isEmpty() {
        return transactions.isEmpty();
    }

    /** How many intervals the set consists of: its size in memory and on the wire. */
    public int intervals() {
        int count = 0;
        for (List<Interval> intervals : transactions.values()) {
            count += intervals.size();
        }
        return count;
    }

    /** How many transactions are in it. */
    public long size() {
        long count = 0;
        for (List<Interval> intervals : transactions.values()) {
            for (Interval interval : intervals) {
                count += interval.last() - interval.first() + 1;
            }
        }
        return count;
    }

    public boolean contains(GtidSet other) {
        if (other.isEmpty()) {
            return true;
        }
        for (Map.Entry<Origin, List<Interval>> wanted : other.transactions.entrySet()) {
            List<Interval> mine = transactions.get(wanted.getKey());
            if (mine == null || !Interval.contains(mine, wanted.getValue())) {
                return false;
            }
        }
        return true;
    }

    public GtidSet union(GtidSet other) {
        if (other.isEmpty()) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        SortedMap<Origin, List<Interval>> both = new TreeMap<>(transactions);
        other.transactions.forEach((origin, intervals) -> both.merge(origin, intervals, Interval::union));
        Map<Origin, Long> writers = new TreeMap<>(lastWriters);
        other.lastWriters.forEach((origin, writer) -> {
            if (other.last(origin) >= last(origin)) {
                writers.put(origin, writer);
            }
        });
        return new GtidSet(both, writers);
    }

    public GtidSet subtract(GtidSet other) {
        if (isEmpty() || other.isEmpty()) {
            return this;
        }
        SortedMap<Origin, List<Interval>> rest = new TreeMap<>();
        transactions.forEach((origin, intervals) -> {
            List<Interval> left = Interval.subtract(intervals, other.transactions.getOrDefault(origin, List.of()));
            if (!left.isEmpty()) {
                rest.put(origin, left);
            }
        });
        return of(rest, lastWriters);
    }

    /** The highest number that a MySQL server has given to a transaction of that tag (8.3 and later); 0: none. */
    public long highest(String serverUuid, String tag) {
        return last(Origin.mysql(serverUuid, tag));
    }

    /** Those that the MySQL server with this UUID wrote, under whatever tag. */
    public GtidSet writtenBy(String serverUuid) {
        SortedMap<Origin, List<Interval>> own = new TreeMap<>();
        transactions.forEach((origin, intervals) -> {
            if (!origin.isMariadb() && origin.uuid().equalsIgnoreCase(serverUuid)) {
                own.put(origin, intervals);
            }
        });
        return of(own, Map.of());
    }

    private long last(Origin origin) {
        List<Interval> intervals = transactions.get(origin);
        return intervals == null ? 0 : intervals.get(intervals.size() - 1).last();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GtidSet that && transactions.equals(that.transactions);
    }

    @Override
    public int hashCode() {
        return transactions.hashCode();
    }

    /** The servers' own form; UUIDs and tags in lower case, sorted, without blanks or line breaks. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        String uuid = "";
        for (Map.Entry<Origin, List<Interval>> entry : transactions.entrySet()) {
            Origin origin = entry.getKey();
            if (origin.isMariadb()) {
                separate(text);
                text.append(origin.domain())
                        .append('-')
                        .append(lastWriters.getOrDefault(origin, 0L))
                        .append('-')
                        .append(last(origin));
                continue;
            }
            if (!origin.uuid().equals(uuid)) {
                separate(text);
                uuid = origin.uuid();
                text.append(uuid);
            }
            if (!origin.tag().isEmpty()) {
                text.append(':').append(origin.tag());
            }
            for (Interval interval : entry.getValue()) {
                text.append(':').append(interval);
            }
        }
        return text.toString();
    }

    private static void separate(StringBuilder text) {
        if (text.length() > 0) {
            text.append(',');
        }
    }
}
