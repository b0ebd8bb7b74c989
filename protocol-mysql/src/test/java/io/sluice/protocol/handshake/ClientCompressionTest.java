// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.Shape;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.compress.Compression;
import io.sluice.protocol.packet.HandshakePacket;
import io.sluice.protocol.packet.HandshakeResponse;
import io.sluice.protocol.tls.BackendTls;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is agreed on with a server, of what it offers and the configuration allows. */
class ClientCompressionTest {
    private static final int ZLIB = Capabilities.CLIENT_COMPRESS;
    private static final int ZSTD = Capabilities.CLIENT_ZSTD_COMPRESSION_ALGORITHM;

    @Test
    void asks_for_one_algorithm_at_most_zstd_before_zlib() {
        Set<Compression> both = Set.of(Compression.ZLIB, Compression.ZSTD);
        assertThat(agreed(both, ZLIB | ZSTD)).isEqualTo(ZSTD);
        assertThat(agreed(both, ZLIB)).isEqualTo(ZLIB);
        assertThat(agreed(both, 0)).isZero();
        assertThat(agreed(Set.of(Compression.ZSTD), ZLIB)).isZero();
        assertThat(agreed(Set.of(Compression.ZLIB), ZLIB | ZSTD)).isEqualTo(ZLIB);
        assertThat(agreed(Set.of(), ZLIB | ZSTD)).isZero();
    }

    private static int agreed(Set<Compression> allowed, int offered) {
        ClientHandshake handshake = new ClientHandshake(new ClientSettings(
                "localhost",
                3306,
                "app",
                Password.of("secret"),
                null,
                new Shape(0),
                ClientSettings.TRACKED,
                45,
                BackendTls.DISABLED,
                null,
                allowed,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1)));
        Capabilities capabilities = new Capabilities(Capabilities.CLIENT_PROTOCOL_41
                        | Capabilities.CLIENT_RESERVED2
                        | Capabilities.CLIENT_PLUGIN_AUTH
                        | Capabilities.CLIENT_CONNECT_ATTRS)
                .with(offered);
        ByteBuf greeting = Unpooled.buffer();
        new HandshakePacket("9.7.4", 1, new byte[20], capabilities, 45, 2, "caching_sha2_password").write(greeting);
        ClientStep.Send answer = (ClientStep.Send) handshake.receive(greeting);
        HandshakeResponse response = HandshakeResponse.read(Unpooled.wrappedBuffer(answer.payload()));
        assertThat(response.zstdLevel()).isEqualTo(response.capabilities().has(ZSTD) ? 3 : 0);
        return response.capabilities().bits() & (ZLIB | ZSTD);
    }
}
