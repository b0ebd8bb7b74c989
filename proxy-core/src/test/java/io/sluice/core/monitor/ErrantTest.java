// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Event.Observed;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A source and two replicas, of which one has what the source lacks. */
class ErrantTest {

    private final FakeServer a = new FakeServer(1);
    private final FakeServer b = new FakeServer(2).follow(a);
    private final FakeServer c = new FakeServer(3).follow(a);
    private TopologyState state = unprobed(true);
    private long now = 1;

    private TopologyState unprobed(boolean excludesErrant) {
        Map<BackendAddress, Integer> weights = new LinkedHashMap<>();
        List.of(a, b, c).forEach(server -> weights.put(server.address, 1));
        return TopologyState.unprobed(weights, excludesErrant);
    }

    private void round(FakeServer... servers) {
        for (FakeServer server : servers) {
            now += 1_000_000;
            state = TopologyReducer.reduce(state, new Observed(server.observe(now)));
        }
    }

    private Member member(FakeServer server) {
        return state.topology().member(server.address).orElseThrow();
    }

    private String source() {
        return state.topology()
                .source()
                .map(member -> member.address().toString())
                .orElse("none");
    }

    private void makeErrant(FakeServer server) {
        round(a, b, c);
        server.write();
        server.write();
        round(b, c, a);
    }

    @Test
    void is_counted_and_serves_on_when_only_reported() {
        state = unprobed(false);
        makeErrant(b);
        assertThat(member(b).errant()).isEqualTo(2);
        assertThat(member(b).readable()).isTrue();
        assertThat(member(c).errant()).isZero();
    }

    @Test
    void serves_no_reads_when_excluded_and_says_why() {
        makeErrant(b);
        assertThat(member(b).readable()).isFalse();
        assertThat(member(b).online()).isTrue();
        assertThat(member(b).note())
                .isEqualTo("has errant transactions, which the source lacks: " + b.uuid + ":1-2; it serves no reads");
        assertThat(member(c).readable()).isTrue();
        a.executed = a.executed.union(b.executed);
        round(a);
        assertThat(member(b).readable()).isTrue();
        assertThat(member(b).errant()).isZero();
    }

    @Test
    void becomes_no_source_by_being_writable_alone() {
        makeErrant(b);
        a.die(b, c);
        round(a, b, c);
        b.promote();
        round(b, c);
        assertThat(source()).isEqualTo("none");
        assertThat(state.topology().note())
                .isEqualTo("db2:3306 is writable, but has errant transactions, and nobody follows it");
        c.follow(b);
        round(c);
        assertThat(source()).as("somebody wants it so").isEqualTo("db2:3306");
        assertThat(member(b).errant()).isPositive();
        round(b);
        assertThat(member(b).errant()).as("it is the measure now").isZero();
        assertThat(member(b).readable()).isTrue();
    }

    @Test
    void becomes_the_source_when_no_other_is_there() {
        makeErrant(b);
        a.die(b, c);
        c.die();
        round(a, b, c);
        b.promote();
        round(b);
        assertThat(source()).isEqualTo("db2:3306");
    }

    @Test
    void is_none_while_what_a_member_wrote_is_on_its_way_to_the_source() {
        round(a, b, c);
        a.follow(b);
        a.readOnly = false;
        round(a, b, c);
        b.write();
        round(b, c, a);
        assertThat(member(b).errant()).isZero();
    }

    @Test
    void shows_on_mariadb_by_the_writers_of_the_binary_log() {
        for (FakeServer server : List.of(a, b, c)) {
            server.version = "11.8.3-MariaDB";
            server.executed = GtidSet.parse("0-1-100");
            server.binlogState = BinlogState.parse("0-1-100", "", true);
        }
        round(b, c, a);
        b.binlogState = BinlogState.parse("0-1-100,0-2-101", "0-1-100", true);
        a.binlogState = BinlogState.parse("0-1-200", "", true);
        round(b, c, a);
        assertThat(member(b).note())
                .as("later transactions of the source do not hide it")
                .isEqualTo("has errant transactions, which the source lacks: 0-2-101; it serves no reads");
        assertThat(member(b).errant()).isEqualTo(1);
        assertThat(member(c).errant()).isZero();
    }

    @Test
    void is_none_on_mariadb_of_which_the_source_may_have_it() {
        BinlogState once = BinlogState.parse("0-1-90,0-2-120", "", true);
        assertThat(lacking(once, "0-1-90,0-3-130", "0-2-120", true))
                .as("applied when it was a replica, of a log that was purged")
                .isEmpty();
        assertThat(lacking(once, "0-1-90,0-3-130", "0-2-119", true)).containsExactly("0-2-120");
        assertThat(lacking(once, "0-1-90,0-3-130", "0-2-119", false))
                .as("what it applied is not in its log")
                .isEmpty();
        assertThat(lacking(once, "0-1-90,0-3-130", "", false)).containsExactly("0-2-120");
        assertThat(lacking(once, "7-1-5", "", true))
                .as("it knows nothing of that domain")
                .isEmpty();
        assertThat(lacking(once, "", "", true)).isEmpty();
    }

    private static List<String> lacking(BinlogState member, String state, String position, boolean logsApplied) {
        return member.lackingIn(BinlogState.parse(state, position, logsApplied));
    }
}
