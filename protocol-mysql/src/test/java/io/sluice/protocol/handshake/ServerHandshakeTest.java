// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.DomainSocketAddress;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.packet.HandshakeResponse;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whom the whole password may be shown to without TLS. */
class ServerHandshakeTest {
    private static final SocketAddress UNIX = new DomainSocketAddress("");

    private static ServerStep clearPassword(SocketAddress client, boolean tlsRequired) {
        Account account = new Wire.User(Credentials.ofPassword(Password.of("secret")));
        ServerHandshake handshake = new ServerHandshake(
                Wire.serverSettings(true, tlsRequired), (user, address) -> account, client, new SecureRandom());
        ByteBuf response = Unpooled.buffer();
        new HandshakeResponse(
                        new Capabilities(Capabilities.CLIENT_PROTOCOL_41
                                | Capabilities.CLIENT_RESERVED2
                                | Capabilities.CLIENT_PLUGIN_AUTH),
                        45,
                        "app",
                        "secret\0".getBytes(StandardCharsets.UTF_8),
                        null,
                        "mysql_clear_password",
                        Map.of(),
                        0)
                .write(response);
        return handshake.receive(response);
    }

    @Test
    void a_client_of_a_unix_socket_may_show_its_password() {
        assertThat(clearPassword(UNIX, false)).isInstanceOfSatisfying(ServerStep.Authenticated.class, step -> {
            assertThat(step.login().secure()).isTrue();
            assertThat(step.login().clientHost()).isEqualTo("localhost");
        });
    }

    @Test
    void a_client_of_a_unix_socket_needs_no_tls_where_others_must_use_it() {
        assertThat(clearPassword(UNIX, true)).isInstanceOf(ServerStep.Authenticated.class);
        assertThat(clearPassword(Wire.ADDRESS, true))
                .isInstanceOfSatisfying(
                        ServerStep.Refused.class,
                        step -> assertThat(step.error()).isEqualTo(HandshakeErrors.tlsRequired()));
    }

    @Test
    void a_client_of_a_network_may_not_show_its_password() {
        assertThat(clearPassword(Wire.ADDRESS, false))
                .isInstanceOfSatisfying(
                        ServerStep.Refused.class,
                        step -> assertThat(step.error()).isEqualTo(HandshakeErrors.clearPasswordNotSecure()));
    }
}
