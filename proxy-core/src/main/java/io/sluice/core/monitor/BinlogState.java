// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whose transactions a MariaDB server has in its binary log: its gtid_binlog_state. A position names only the last
 * transaction of a domain, so that later ones hide it; the state names the last one of each server.
 *
 * @param last the highest number of each server in each domain
 * @param applied the number of the last transaction that it got as a replica, by domain (gtid_slave_pos)
 * @param complete whether what it applied is in its binary log, too
 */
record BinlogState(SortedMap<Writer, Long> last, Map<Long, Long> applied, boolean complete) {

    /** What is known of a server of MySQL. */
    static final BinlogState NONE = new BinlogState(new TreeMap<>(), Map.of(), false);

    BinlogState {
        last = Collections.unmodifiableSortedMap(new TreeMap<>(last));
        applied = Map.copyOf(applied);
    }

    /** A server that writes in a domain. */
    record Writer(long domain, long serverId) implements Comparable<Writer> {
        @Override
        public int compareTo(Writer other) {
            int byDomain = Long.compare(domain, other.domain);
            return byDomain != 0 ? byDomain : Long.compare(serverId, other.serverId);
        }
    }

    /**
     * @param state as gtid_binlog_state has it, such as 0-1-100,0-2-5
     * @param position as gtid_slave_pos has it
     * @param logsApplied log_slave_updates
     */
    static BinlogState parse(String state, String position, boolean logsApplied) {
        SortedMap<Writer, Long> last = new TreeMap<>();
        for (long[] gtid : gtids(state)) {
            last.put(new Writer(gtid[0], gtid[1]), gtid[2]);
        }
        Map<Long, Long> applied = new TreeMap<>();
        for (long[] gtid : gtids(position)) {
            applied.merge(gtid[0], gtid[2], Math::max);
        }
        return new BinlogState(last, applied, logsApplied || applied.isEmpty());
    }

    private static List<long[]> gtids(String text) {
        List<long[]> gtids = new ArrayList<>();
        for (String gtid : text.split(",", -1)) {
            String[] numbers = gtid.trim().split("-", -1);
            if (numbers.length == 3) {
                gtids.add(new long[] {
                    Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseUnsignedLong(numbers[2])
                });
            }
        }
        return gtids;
    }

    /**
     * The last transactions here, one for each server and domain, that the source proves not to have. A source proves nothing of
     * a domain in which it has no transaction at all, nor if it may have applied what it did not log.
     */
    List<String> lackingIn(BinlogState source) {
        List<String> lacking = new ArrayList<>();
        if (source.complete) {
            last.forEach((writer, number) -> {
                boolean known = source.last.keySet().stream().anyMatch(other -> other.domain == writer.domain);
                if (known
                        && number > source.last.getOrDefault(writer, 0L)
                        && number > source.applied.getOrDefault(writer.domain, 0L)) {
                    lacking.add(writer.domain + "-" + writer.serverId + "-" + number);
                }
            });
        }
        return lacking;
    }
}
