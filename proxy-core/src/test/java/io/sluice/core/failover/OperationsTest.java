// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.failover;

import static io.sluice.core.failover.Stage.A;
import static io.sluice.core.failover.Stage.B;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.view.ServerControl.Refused;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OperationsTest {
    private final Stage stage = new Stage();
    private final Operations operations = new Operations(
            stage, stage, new Switchover.Limits(Duration.ofSeconds(1), Duration.ofSeconds(1)), null, null, () -> {});

    @AfterEach
    void close() {
        operations.close();
    }

    @Test
    void a_drained_server_does_not_become_the_source() throws Exception {
        operations.drain(B, null);
        assertThatThrownBy(() -> operations.switchOver(B, false).get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(Refused.class)
                .hasMessageContaining("b:3306 is drained");
        assertThat(stage.writable).containsExactly(A);
        operations.restore(B);
        operations.switchOver(B, false).get(10, TimeUnit.SECONDS);
        assertThat(stage.writable).containsExactly(B);
    }

    @Test
    void the_source_is_not_drained_and_what_is_not_drained_is_not_taken_back() {
        assertThatThrownBy(() -> operations.drain(A, null)).hasMessageContaining("is the source");
        assertThatThrownBy(() -> operations.restore(B)).hasMessageContaining("is not drained");
        assertThat(stage.deeds).isEmpty();
    }
}
