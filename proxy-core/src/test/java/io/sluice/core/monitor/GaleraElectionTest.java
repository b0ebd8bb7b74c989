// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GaleraElectionTest extends ElectionFixture {
    private static final GaleraNode SYNCED = new GaleraNode("cluster", true, true, "Synced", 0, false);
    private static final GaleraNode DESYNCED = new GaleraNode("cluster", true, true, "Donor/Desynced", 0, false);
    private static final GaleraNode JOINING = new GaleraNode("cluster", true, false, "Joining", 0, false);
    private static final GaleraNode CUT_OFF = new GaleraNode("cluster", false, false, "Initialized", 0, false);

    @BeforeEach
    void form() {
        for (FakeServer server : List.of(a, b, c)) {
            server.version = "10.11.19-MariaDB";
            server.executed = GtidSet.parse("7-1-5");
            server.galera = SYNCED;
        }
    }

    @Test
    void reads_from_a_donor_where_that_is_asked_for_and_writes_nothing_there() {
        GaleraNode donor = new GaleraNode("cluster", true, true, "Donor/Desynced", 0, true);
        a.galera = donor;
        b.galera = donor;
        c.galera = donor;
        round(a, b, c);
        assertThat(source()).isEqualTo("none");
        c.galera = SYNCED;
        round(a, b, c);
        assertThat(source()).isEqualTo("db3:3306");
        assertThat(member(a).lag()).isEqualTo(Duration.ZERO);
        a.galera = new GaleraNode("cluster", true, false, "Donor/Desynced", 0, true);
        b.galera = new GaleraNode("cluster", true, true, "Joined", 0, true);
        round(a, b, c);
        assertThat(member(a).lag()).as("it rejects queries").isNull();
        assertThat(member(b).lag()).as("it is no donor").isNull();
    }

    @Test
    void chooses_one_node_and_keeps_it() {
        round(c, b, a);
        assertThat(source()).isEqualTo("db1:3306");
        assertThat(state.topology().replicas()).extracting(Member::address).containsExactly(b.address, c.address);
        assertThat(state.topology().replicas()).allMatch(member -> Duration.ZERO.equals(member.lag()));
        assertThat(state.topology().replicas())
                .as("their positions prove nothing")
                .allMatch(member -> member.executed().isEmpty());
        assertThat(member(a).executed()).hasToString("7-1-5");
        a.die();
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
        a.failure = null;
        round(a, b, c);
        assertThat(source()).as("stays where it is").isEqualTo("db2:3306");
        assertThat(member(a).role()).isEqualTo(Role.REPLICA);
    }

    @Test
    void tells_the_nodes_of_the_sources_cluster_from_all_others() {
        c.galera = new GaleraNode("other", true, false, "Joining", 0, false);
        round(a, b, c);
        assertThat(member(a).clustered()).isTrue();
        assertThat(member(b).clustered()).isTrue();
        assertThat(member(c).clustered()).as("a node of another one").isFalse();
        c.galera = null;
        round(a, b, c);
        assertThat(member(c).clustered()).as("no node").isFalse();
        a.die();
        b.galera = CUT_OFF;
        round(a, b, c);
        assertThat(source()).isEqualTo("none");
        assertThat(member(a).clustered()).as("while there is no source").isTrue();
    }

    @Test
    void leaves_a_node_that_is_not_synced_and_reads_nothing_there() {
        round(a, b, c);
        a.galera = DESYNCED;
        b.galera = JOINING;
        round(b, a, c);
        assertThat(source()).isEqualTo("db3:3306");
        assertThat(member(a).note()).isEqualTo("is Donor/Desynced in its Galera cluster");
        assertThat(member(a).lag()).isNull();
        assertThat(member(b).note()).isEqualTo("is not ready (wsrep_ready) in its Galera cluster");
        assertThat(member(b).readable()).isFalse();
        c.galera = DESYNCED;
        round(c);
        assertThat(source()).isEqualTo("none");
        assertThat(state.topology().note())
                .startsWith("no node of the Galera cluster is synced and writable: db1:3306 is Donor/Desynced");
    }

    @Test
    void gives_nothing_to_nodes_outside_the_primary_component() {
        round(a, b, c);
        a.galera = CUT_OFF;
        round(a);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(member(a).readable()).isFalse();
        assertThat(member(a).note()).isEqualTo("is not in the primary component of its Galera cluster");
        b.galera = CUT_OFF;
        c.failure = Kind.TIMEOUT;
        round(b, c, b, c);
        assertThat(source()).isEqualTo("none");
        b.galera = SYNCED;
        round(b);
        assertThat(source()).isEqualTo("db2:3306");
        assertThat(member(b).readable()).isTrue();
    }

    @Test
    void counts_lag_from_the_last_empty_queue() {
        b.galera = new GaleraNode("cluster", true, true, "Synced", 5, false);
        round(a, b, c);
        assertThat(member(b).lag()).isNull();
        assertThat(member(b).note()).isEqualTo("lag unknown: applies 5 transactions of its Galera cluster");
        b.galera = SYNCED;
        round(b);
        assertThat(member(b).lag()).isZero();
        b.galera = new GaleraNode("cluster", true, true, "Synced", 5, false);
        now += Duration.ofSeconds(1).toNanos() - 1_000_000;
        round(b);
        assertThat(member(b).lag()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void takes_no_read_only_node_and_none_by_an_old_answer() {
        a.readOnly = true;
        round(a, b, c);
        assertThat(source()).isEqualTo("db2:3306");
        c.failure = Kind.TOO_MANY_CONNECTIONS;
        round(c);
        b.galera = DESYNCED;
        round(b);
        assertThat(source()).isEqualTo("none");
        assertThat(state.topology().note()).contains("db1:3306 is read-only").contains("db3:3306 does not answer");
    }

    @Test
    void refuses_two_clusters() {
        c.galera = new GaleraNode("other", true, true, "Synced", 0, false);
        round(a, b, c);
        assertThat(source()).isEqualTo("none");
        assertThat(state.topology().note()).isEqualTo("two Galera clusters: db1:3306 and db3:3306");
    }

    @Test
    void fences_nobody() {
        round(a, b, c, a, b, c);
        assertThat(WritableRivals.in(state)).isEqualTo(WritableRivals.NONE);
    }
}
