// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class BufferLeaksTest {
    @Test
    void reports_a_buffer_that_nobody_released() {
        for (int i = 0; i < 100; i++) {
            PooledByteBufAllocator.DEFAULT.buffer(16).writeByte(i);
        }
        assertThatThrownBy(() -> new BufferLeaks().afterAll(null))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("leaked buffers");
    }
}
