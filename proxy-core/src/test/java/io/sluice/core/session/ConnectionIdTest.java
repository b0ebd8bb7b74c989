// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConnectionIdTest {
    private static final String ASKED = "SELECT CONNECTION_ID()";
    private static final String SENT = "SELECT CAST(2 AS UNSIGNED) AS `CONNECTION_ID()`";

    private final SessionBench bench = new SessionBench();

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void is_put_into_the_text_which_then_is_a_read_like_others() {
        bench.client();
        assertThat(bench.client().query(ASKED)).hasToString("rows replica1");
        assertThat(bench.replica1.commands()).containsExactly("COM_QUERY " + SENT);
    }

    @Test
    void is_put_into_what_is_prepared_also_for_another_connection() {
        bench.client();
        TestClient client = bench.client();
        int id = client.prepare(ASKED).statementId();
        client.query("BEGIN");
        assertThat(client.execute(id, false)).hasToString("rows source");
        assertThat(bench.replica1.commands()).containsExactly("COM_STMT_PREPARE " + SENT);
        assertThat(bench.source.commands()).contains("COM_STMT_PREPARE " + SENT);
        client.query("COMMIT");
    }

    @Test
    void stays_the_servers_where_its_process_list_is_asked() {
        String sql = "SELECT * FROM information_schema.processlist WHERE id = CONNECTION_ID()";
        assertThat(bench.client().query(sql)).hasToString("rows source");
        assertThat(bench.source.commands()).containsExactly("COM_QUERY " + sql);
    }
}
