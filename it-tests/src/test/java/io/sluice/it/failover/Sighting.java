// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import io.sluice.it.failover.Scene.Promotion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the clients of one mishap saw, and what of that they should not have seen. */
final class Sighting {
    private static final int OUTCOME_UNKNOWN = 9501;

    private final Mishap mishap;
    private final Map<Integer, Integer> errorsOfWrites = new TreeMap<>();
    private final Map<Integer, Integer> errorsOfReads = new TreeMap<>();
    private final List<String> wrong = new ArrayList<>();
    private long writeGapMillis;
    /** From the promotion to the first write that was executed; -1: none was promoted. */
    private long resumedMillis = -1;

    private long readGapMillis;
    private int writes;
    private int reads;
    private int stale;
    private int lost;
    private int doubled;
    private int diedWithSource;

    Sighting(Mishap mishap) {
        this.mishap = mishap;
    }

    /**
     * @param there the rows that the source of the end has
     * @param promotion of another source meanwhile; what the old one alone had is lost with it
     */
    void add(Client client, Map<String, Integer> there, @Nullable Promotion promotion) {
        if (client.lost() != null) {
            wrong.add(client.getName() + " lost its connection: " + client.lost());
        }
        long last = 0;
        for (Client.Call call : client.calls()) {
            if (call.failed()) {
                takeError(client, call, there.containsKey(key(client, call)));
                continue;
            }
            long gap = last == 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(call.endedNanos() - last);
            last = call.endedNanos();
            if (client.writes()) {
                writes++;
                writeGapMillis = Math.max(writeGapMillis, gap);
                takeWrite(client, call, there, promotion);
                takeResumption(call, promotion);
            } else {
                reads++;
                readGapMillis = Math.max(readGapMillis, gap);
            }
        }
        for (Client.Call call : client.missed()) {
            if (!diedWithSource(key(client, call), call, promotion)) {
                stale++;
            }
        }
    }

    private void takeError(Client client, Client.Call call, boolean there) {
        (client.writes() ? errorsOfWrites : errorsOfReads).merge(call.error(), 1, Integer::sum);
        var allowed = client.writes() ? mishap.law().ofWrites() : mishap.law().ofReads();
        if (!allowed.contains(call.error())) {
            wrong.add(client.getName() + ": " + call.error() + " " + call.message());
        } else if (there && call.error() != OUTCOME_UNKNOWN) {
            wrong.add(client.getName() + ": row " + call.n() + " is there in spite of error " + call.error());
        }
    }

    private void takeWrite(Client client, Client.Call call, Map<String, Integer> there, @Nullable Promotion promotion) {
        String key = key(client, call);
        if (there.getOrDefault(key, 0) > 1) {
            doubled++;
        }
        if (!there.containsKey(key)) {
            if (diedWithSource(key, call, promotion)) {
                diedWithSource++;
            } else {
                lost++;
            }
        }
    }

    private void takeResumption(Client.Call call, @Nullable Promotion promotion) {
        if (promotion != null && call.endedNanos() > promotion.nanos()) {
            long millis = TimeUnit.NANOSECONDS.toMillis(call.endedNanos() - promotion.nanos());
            resumedMillis = resumedMillis < 0 ? millis : Math.min(resumedMillis, millis);
        }
    }

    private static boolean diedWithSource(String key, Client.Call call, @Nullable Promotion promotion) {
        return promotion != null
                && call.endedNanos() <= promotion.nanos()
                && !promotion.had().contains(key);
    }

    private static String key(Client client, Client.Call call) {
        return client.number() + "/" + call.n();
    }

    /** All that broke the law. */
    List<String> wrong(long transgressions, String said) {
        List<String> all = new ArrayList<>(wrong.subList(0, Math.min(wrong.size(), 20)));
        expect(all, stale == 0, stale + " reads did not see their session's own write");
        expect(all, lost == 0, lost + " acknowledged writes are lost");
        expect(all, doubled == 0, doubled + " writes were done twice");
        // What was on its way when the outcome was called unknown may still arrive.
        int late = mishap.law().late() ? errorsOfWrites.getOrDefault(OUTCOME_UNKNOWN, 0) : 0;
        expect(all, transgressions <= late, transgressions + " writes on a server that was not to have any");
        long limit = mishap.law().readGapMillis();
        expect(all, readGapMillis <= limit, "a reader got nothing for " + readGapMillis + " ms");
        boolean inTime = writeGapMillis <= mishap.law().writeGapMillis();
        expect(all, inTime, "a writer got nothing for " + writeGapMillis + " ms");
        expect(all, said.contains(mishap.law().said()), "the admin port only says: " + said.strip());
        return all;
    }

    private static void expect(List<String> wrong, boolean law, String breach) {
        if (!law) {
            wrong.add(breach);
        }
    }

    @Override
    public String toString() {
        return String.format(
                        "%-68s writes %5d, errors %-14s longest gap %5d ms; reads %5d, errors %-4s longest gap %5d ms;"
                                + " stale %d, lost %d (with the source %d), doubled %d",
                        mishap,
                        writes,
                        errorsOfWrites,
                        writeGapMillis,
                        reads,
                        errorsOfReads,
                        readGapMillis,
                        stale,
                        lost,
                        diedWithSource,
                        doubled)
                + (resumedMillis < 0 ? "" : ", writes " + resumedMillis + " ms after the promotion");
    }
}
