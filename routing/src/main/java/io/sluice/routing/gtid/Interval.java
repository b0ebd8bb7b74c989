// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.gtid;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/** Transaction numbers of one origin, both ends included; and the algebra of sorted, disjoint lists of them. */
record Interval(long first, long last) {
    /** Sorts, and merges what overlaps or touches. */
    static List<Interval> normalised(List<Interval> intervals) {
        List<Interval> sorted = new ArrayList<>(intervals);
        sorted.sort(Comparator.comparingLong(Interval::first));
        List<Interval> merged = new ArrayList<>(sorted.size());
        for (Interval next : sorted) {
            int end = merged.size() - 1;
            if (end >= 0 && next.first <= merged.get(end).last + 1) {
                Interval previous = merged.get(end);
                merged.set(end, new Interval(previous.first, Math.max(previous.last, next.last)));
            } else {
                merged.add(next);
            }
        }
        return List.copyOf(merged);
    }

    static boolean contains(List<Interval> outer, List<Interval> inner) {
        int at = 0;
        for (int i = 0; i < inner.size(); i++) {
            Interval wanted = inner.get(i);
            while (at < outer.size() && outer.get(at).last < wanted.first) {
                at++;
            }
            if (at == outer.size() || outer.get(at).first > wanted.first || outer.get(at).last < wanted.last) {
                return false;
            }
        }
        return true;
    }

    static List<Interval> union(List<Interval> left, List<Interval> right) {
        List<Interval> both = new ArrayList<>(left);
        both.addAll(right);
        return normalised(both);
    }

    static List<Interval> subtract(List<Interval> from, List<Interval> what) {
        if (what.isEmpty()) {
            return from;
        }
        List<Interval> rest = new ArrayList<>();
        for (Interval whole : from) {
            long first = whole.first;
            for (Interval hole : what) {
                if (hole.last < first || hole.first > whole.last) {
                    continue;
                }
                if (hole.first > first) {
                    rest.add(new Interval(first, hole.first - 1));
                }
                first = hole.last + 1;
            }
            if (first <= whole.last) {
                rest.add(new Interval(first, whole.last));
            }
        }
        return Collections.unmodifiableList(rest);
    }

    @Override
    public String toString() {
        return first == last ? Long.toString(first) : first + "-" + last;
    }
}
