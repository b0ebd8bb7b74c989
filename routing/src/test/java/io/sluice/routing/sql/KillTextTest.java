// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KillTextTest {

    private static @Nullable KillText read(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
        return KillText.read(bytes, 0, bytes.length);
    }

    @Test
    void reads_what_names_one_connection() {
        assertThat(read("KILL 5")).isEqualTo(new KillText("KILL", false, 5L));
        assertThat(read("kill connection 5;")).isEqualTo(new KillText("KILL CONNECTION", false, 5L));
        assertThat(read(" /* a */KILL/**/QUERY\n5 ")).isEqualTo(new KillText("KILL QUERY", true, 5L));
        assertThat(read("KILL HARD QUERY 5")).isEqualTo(new KillText("KILL HARD QUERY", true, 5L));
        assertThat(read("KILL soft 5")).isEqualTo(new KillText("KILL SOFT", false, 5L));
        assertThat(read("KILL QUERY connection_id ()")).isEqualTo(new KillText("KILL QUERY", true, null));
        assertThat(read("KILL QUERY @Id_1")).isEqualTo(new KillText("KILL QUERY", true, null, "id_1"));
    }

    @Test
    void leaves_the_rest_to_the_server() {
        assertThat(read("KILL USER app")).isNull();
        assertThat(read("KILL QUERY ID 5"))
                .as("a query's id, not a connection's")
                .isNull();
        assertThat(read("KILL @a + 1")).isNull();
        assertThat(read("KILL @@a")).isNull();
        assertThat(read("KILL 2+3")).isNull();
        assertThat(read("KILL 5; KILL 6")).isNull();
        assertThat(read("KILL 9999999999999999999")).as("beyond 2^63").isNull();
        assertThat(read("KILL /*! QUERY */ 5")).isNull();
        assertThat(read("KILL")).isNull();
    }
}
