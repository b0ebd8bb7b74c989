// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules of which only those are looked at that can match: by their flagIN, and by the digest or else the schema that they
 * want. Thousands of rules for a digest or a schema each then cost as much as one. Immutable.
 */
final class RuleIndex {
    private static final int[] NONE = {};
    private static final Bucket EMPTY = new Bucket(List.of(), List.of());

    private final List<Rule> rules;
    private final boolean looksAtText;
    private final boolean looksAtSchema;
    private final Map<Integer, Bucket> byFlag = new HashMap<>();

    /** @param rules in their order; not copied */
    RuleIndex(List<Rule> rules) {
        this.rules = rules;
        this.looksAtText = rules.stream().anyMatch(Rule::looksAtText);
        this.looksAtSchema = rules.stream().anyMatch(Rule::looksAtSchema);
        Map<Integer, List<Integer>> places = new HashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            places.computeIfAbsent(rules.get(i).spec().match().flagIn(), unseen -> new ArrayList<>())
                    .add(i);
        }
        places.forEach((flag, some) -> byFlag.put(flag, new Bucket(rules, some)));
    }

    List<Rule> rules() {
        return rules;
    }

    /** Whether some need a statement's text. */
    boolean looksAtText() {
        return looksAtText;
    }

    boolean looksAtSchema() {
        return looksAtSchema;
    }

    boolean isEmpty() {
        return rules.isEmpty();
    }

    Rule get(int place) {
        return rules.get(place);
    }

    /** The rules that are tried while the flag is that. */
    Bucket ofFlag(int flag) {
        return byFlag.getOrDefault(flag, EMPTY);
    }

    /** Those of one flag, by their places in ascending order. */
    static final class Bucket {
        private final Map<Long, int[]> byDigest = new HashMap<>();
        private final Map<String, int[]> bySchema = new HashMap<>();
        private final int[] others;

        private Bucket(List<Rule> rules, List<Integer> places) {
            Map<Long, List<Integer>> ofDigest = new HashMap<>();
            Map<String, List<Integer>> ofSchema = new HashMap<>();
            List<Integer> rest = new ArrayList<>();
            for (int place : places) {
                Long digest = rules.get(place).digest();
                String schema = rules.get(place).spec().match().schema();
                List<Integer> same = digest != null
                        ? ofDigest.computeIfAbsent(digest, unseen -> new ArrayList<>())
                        : schema != null ? ofSchema.computeIfAbsent(schema, unseen -> new ArrayList<>()) : rest;
                same.add(place);
            }
            ofDigest.forEach((digest, some) -> byDigest.put(digest, array(some)));
            ofSchema.forEach((schema, some) -> bySchema.put(schema, array(some)));
            others = array(rest);
        }

        private static int[] array(List<Integer> places) {
            return places.stream().mapToInt(place -> place).toArray();
        }

        /** The first place from there on of a rule that can match; -1 if there is none. */
        int next(int from, @Nullable String schema, long digest) {
            int next = next(others, from, Integer.MAX_VALUE);
            next = next(byDigest.getOrDefault(digest, NONE), from, next);
            if (schema != null) {
                next = next(bySchema.getOrDefault(schema, NONE), from, next);
            }
            return next == Integer.MAX_VALUE ? -1 : next;
        }

        private static int next(int[] places, int from, int least) {
            int at = Arrays.binarySearch(places, from);
            int found = at < 0 ? -at - 1 : at;
            return found < places.length ? Math.min(places[found], least) : least;
        }
    }
}
