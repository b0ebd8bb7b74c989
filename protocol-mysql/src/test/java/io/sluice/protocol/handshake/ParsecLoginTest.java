// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.packet.AuthSwitchRequest;
import io.sluice.protocol.packet.HandshakeResponse;
import io.sluice.protocol.tls.BackendTls;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** parsec, both roles against each other: a client that names it, and a server that asks for it. */
class ParsecLoginTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static Credentials listed(String... passwords) {
        List<Password> known = List.of(passwords).stream().map(Password::of).toList();
        return Credentials.ofPasswords(known)
                .withParsec(() -> Stream.of(passwords)
                        .map(password -> password.getBytes(StandardCharsets.UTF_8))
                        .toList());
    }

    private static ServerHandshake server(Credentials credentials) {
        return new ServerHandshake(
                Wire.serverSettings(false, false),
                (user, address) -> user.equals("app") ? new Wire.User(credentials) : null,
                Wire.ADDRESS,
                RANDOM);
    }

    private static ByteBuf naming(String plugin, String user) {
        ByteBuf response = Unpooled.buffer();
        new HandshakeResponse(
                        new Capabilities(Capabilities.CLIENT_PROTOCOL_41
                                | Capabilities.CLIENT_RESERVED2
                                | Capabilities.CLIENT_PLUGIN_AUTH),
                        45,
                        user,
                        new byte[0],
                        null,
                        plugin,
                        Map.of(),
                        0)
                .write(response);
        return response;
    }

    private static ByteBuf sent(ServerStep step) {
        assertThat(step).isInstanceOf(ServerStep.Send.class);
        return Unpooled.wrappedBuffer(((ServerStep.Send) step).payload());
    }

    private static ByteBuf sent(ClientStep step) {
        if (step instanceof ClientStep.SendLater later) {
            return Unpooled.wrappedBuffer(later.payload().join());
        }
        assertThat(step).isInstanceOf(ClientStep.Send.class);
        return Unpooled.wrappedBuffer(((ClientStep.Send) step).payload());
    }

    /** The last step of a login in which the client makes its signature with that password. */
    private static ServerStep login(ServerHandshake server, String user, String password) {
        ClientHandshake client =
                new ClientHandshake(Wire.clientSettings(user, password, Wire.backendTls(BackendTls.Mode.DISABLED)));
        client.receive(Unpooled.wrappedBuffer(server.greeting(7)));
        ByteBuf request = sent(server.receive(naming("parsec", user)));
        assertThat(AuthSwitchRequest.read(request.duplicate()).plugin()).isEqualTo("parsec");
        assertThat(AuthSwitchRequest.read(request.duplicate()).scramble()).hasSize(32);
        ByteBuf asked = sent(client.receive(request));
        assertThat(asked.readableBytes()).isZero();
        ByteBuf salt = sent(server.receive(asked));
        assertThat(salt.readableBytes()).isEqualTo(20);
        return judged(server, sent(client.receive(salt)));
    }

    /** What comes of an answer once the server has made its keys. */
    private static ServerStep judged(ServerHandshake server, ByteBuf answer) {
        ServerStep step = server.receive(answer);
        if (step instanceof ServerStep.Await await) {
            await.missing().join();
            return server.receive(answer);
        }
        return step;
    }

    private static ByteBuf saltFor(ServerHandshake server, String user) {
        server.greeting(7);
        server.receive(naming("parsec", user));
        return sent(server.receive(Unpooled.EMPTY_BUFFER));
    }

    @Test
    void the_right_password_lets_in() {
        for (String password : List.of("secret", "pässwörd€ 😀", "")) {
            assertThat(login(server(listed(password)), "app", password)).isInstanceOf(ServerStep.Authenticated.class);
        }
    }

    @Test
    void each_of_two_passwords_lets_in() {
        for (String password : List.of("new", "old")) {
            assertThat(login(server(listed("new", "old")), "app", password))
                    .isInstanceOf(ServerStep.Authenticated.class);
        }
    }

    @Test
    void a_wrong_password_and_a_user_that_does_not_exist_are_refused_alike() {
        for (String user : List.of("app", "nobody")) {
            assertThat(login(server(listed("secret")), user, "wrong"))
                    .isInstanceOfSatisfying(
                            ServerStep.Refused.class,
                            step -> assertThat(step.error().message())
                                    .isEqualTo(
                                            "Access denied for user '" + user + "'@'localhost' (using password: NO)"));
        }
    }

    @Test
    void an_answer_of_another_length_is_refused() {
        for (int length : new int[] {0, 1, 95, 97, 4000}) {
            ServerHandshake server = server(listed("secret"));
            server.greeting(7);
            server.receive(naming("parsec", "app"));
            server.receive(Unpooled.EMPTY_BUFFER);
            assertThat(judged(server, Unpooled.wrappedBuffer(new byte[length]))).isInstanceOf(ServerStep.Refused.class);
        }
    }

    @Test
    void a_name_has_a_salt_of_its_own_whether_there_is_such_a_user_or_not() {
        for (String user : List.of("app", "nobody")) {
            assertThat(saltFor(server(listed("secret")), user)).isEqualTo(saltFor(server(listed("other")), user));
        }
        assertThat(saltFor(server(listed("secret")), "nobody"))
                .isNotEqualTo(saltFor(server(listed("secret")), "no one"));
    }

    @Test
    void a_client_that_names_it_for_another_kind_of_account_is_asked_for_another_plugin() {
        ServerHandshake server = server(Credentials.ofVerifier(clear -> true));
        server.greeting(7);
        assertThat(AuthSwitchRequest.read(sent(server.receive(naming("parsec", "app"))))
                        .plugin())
                .isEqualTo("caching_sha2_password");
    }

    private static ClientHandshake askedBy(byte[] scramble) {
        ClientHandshake client =
                new ClientHandshake(Wire.clientSettings("app", "secret", Wire.backendTls(BackendTls.Mode.DISABLED)));
        client.receive(Unpooled.wrappedBuffer(server(listed("secret")).greeting(7)));
        ByteBuf request = Unpooled.buffer();
        new AuthSwitchRequest("parsec", scramble).write(request);
        client.receive(request);
        return client;
    }

    @Test
    void a_server_may_not_ask_for_more_rounds_than_a_client_has_time_for() {
        byte[] message = new byte[20];
        message[0] = 'P';
        message[1] = 3;
        assertThat(askedBy(new byte[32]).receive(Unpooled.wrappedBuffer(message)))
                .isInstanceOf(ClientStep.SendLater.class);
        message[1] = 4;
        assertThat(askedBy(new byte[32]).receive(Unpooled.wrappedBuffer(message)))
                .isInstanceOf(ClientStep.Failed.class);
        message[0] = 'Q';
        assertThatThrownBy(() -> askedBy(new byte[32]).receive(Unpooled.wrappedBuffer(message)))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void a_scramble_that_is_too_short_ends_the_login() {
        assertThatThrownBy(() -> askedBy(new byte[20])).isInstanceOf(ProtocolException.class);
    }
}
