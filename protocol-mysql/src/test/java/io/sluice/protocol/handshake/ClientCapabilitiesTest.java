// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.Shape;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.packet.HandshakePacket;
import io.sluice.protocol.packet.HandshakeResponse;
import io.sluice.protocol.tls.BackendTls;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClientCapabilitiesTest {
    private static final int EXPIRED = Capabilities.CLIENT_CAN_HANDLE_EXPIRED_PASSWORDS;
    private static final int TRACK = Capabilities.CLIENT_SESSION_TRACK;

    @Test
    void are_those_of_the_connection_that_is_wanted_and_no_others() {
        assertThat(asked(ClientSettings.TRACKED, EXPIRED | TRACK)).isEqualTo(TRACK);
        assertThat(asked(new Capabilities(EXPIRED), EXPIRED | TRACK)).isEqualTo(EXPIRED);
        assertThat(asked(new Capabilities(EXPIRED | TRACK), EXPIRED | TRACK)).isEqualTo(EXPIRED | TRACK);
        assertThat(asked(new Capabilities(EXPIRED | TRACK), TRACK)).isEqualTo(TRACK);
        assertThat(asked(new Capabilities(0), EXPIRED | TRACK)).isZero();
    }

    private static int asked(Capabilities more, int offered) {
        ClientHandshake handshake = new ClientHandshake(new ClientSettings(
                "localhost",
                3306,
                "app",
                Password.of("secret"),
                null,
                new Shape(0),
                more,
                45,
                BackendTls.DISABLED,
                null,
                Set.of(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1)));
        Capabilities capabilities = new Capabilities(Capabilities.CLIENT_PROTOCOL_41
                        | Capabilities.CLIENT_RESERVED2
                        | Capabilities.CLIENT_PLUGIN_AUTH)
                .with(offered);
        ByteBuf greeting = Unpooled.buffer();
        new HandshakePacket("9.7.4", 1, new byte[20], capabilities, 45, 2, "caching_sha2_password").write(greeting);
        ClientStep.Send answer = (ClientStep.Send) handshake.receive(greeting);
        HandshakeResponse response = HandshakeResponse.read(Unpooled.wrappedBuffer(answer.payload()));
        return response.capabilities().bits() & (EXPIRED | TRACK);
    }
}
