// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Event.Observed;
import io.sluice.routing.topology.Member;

/** Three servers, and what is concluded from asking them. */
abstract class ElectionFixture {
    final FakeServer a = new FakeServer(1);
    final FakeServer b = new FakeServer(2);
    final FakeServer c = new FakeServer(3);
    TopologyState state = TopologyReducerTest.unprobed(a, b, c);
    long now = 1;

    /** Each is asked, a millisecond after the one before. */
    void round(FakeServer... servers) {
        for (FakeServer server : servers) {
            now += 1_000_000;
            state = TopologyReducer.reduce(state, new Observed(server.observe(now)));
        }
    }

    /** The address of the source, or "none". */
    String source() {
        return state.topology()
                .source()
                .map(member -> member.address().toString())
                .orElse("none");
    }

    Member member(FakeServer server) {
        return state.topology().member(server.address).orElseThrow();
    }
}
