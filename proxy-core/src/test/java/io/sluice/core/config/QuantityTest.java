// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class QuantityTest {
    @Test
    void quantities_need_a_unit_and_fit_their_type() {
        assertThat(Quantity.duration("90s")).contains(Duration.ofSeconds(90));
        assertThat(Quantity.duration("9999999999999d")).isEmpty();
        assertThat(Quantity.duration("5")).isEmpty();
        assertThat(Quantity.size("16mib")).contains(16L << 20);
        assertThat(Quantity.size("16MB")).isEmpty();
    }
}
