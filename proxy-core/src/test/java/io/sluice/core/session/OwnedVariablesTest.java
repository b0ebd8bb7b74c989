// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.core.backend.SessionSetup;
import io.sluice.routing.topology.Flavor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Variables that on connections to servers are Sluice's, as their clients see them. */
class OwnedVariablesTest {
    private static final String DEFAULTS =
            "COM_QUERY SET @@session.wait_timeout=DEFAULT,@@session.interactive_timeout=DEFAULT,@@session.net_read_timeout=DEFAULT,";
    private static final String OURS = "COM_QUERY " + SessionSetup.trackEverything(Flavor.MYSQL)
            + ",wait_timeout=DEFAULT,interactive_timeout=DEFAULT,net_read_timeout=DEFAULT,net_write_timeout=DEFAULT";

    private final SessionBench bench = new SessionBench();
    private final TestClient client = bench.client();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void timeouts_are_shown_as_set_and_stay_on_no_connection() {
        bench.source.on("SET wait_timeout=10", Answer.ok().variable("wait_timeout", "10"));
        client.query("SET wait_timeout=10");
        client.query("SELECT a FROM t");
        client.query("SELECT @@wait_timeout");

        assertThat(bench.source.connection(0).allCommands()).endsWith("COM_QUERY SET wait_timeout=10", OURS);
        assertThat(bench.replica1.connection(0).allCommands())
                .contains("COM_QUERY SELECT a FROM t")
                .endsWith("COM_QUERY SELECT @@wait_timeout", OURS)
                .anyMatch(sql -> sql.startsWith("COM_QUERY SET @@session.wait_timeout=10,"));
        assertThat(bench.leased()).isZero();
    }

    @Test
    void all_variables_are_shown_as_a_client_has_them() {
        client.query("SHOW VARIABLES");
        assertThat(bench.source.connection(0).allCommands())
                .anyMatch(sql -> sql.startsWith(DEFAULTS))
                .endsWith("COM_QUERY SHOW VARIABLES", OURS);
    }
}
