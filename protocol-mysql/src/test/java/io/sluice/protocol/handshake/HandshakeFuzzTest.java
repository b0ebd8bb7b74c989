// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.testing.Fuzz;
import io.sluice.protocol.testing.Mutations;
import io.sluice.protocol.tls.BackendTls;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both roles talk to each other over a wire that falsifies what it carries. */
class HandshakeFuzzTest {
    private static final Accounts ACCOUNTS = HandshakeFuzzTest::account;
    private static final Account KNOWN = new Wire.User(Credentials.ofPassword(Password.of("secret")));
    private static final Account JUDGED = new Wire.User(
            Credentials.ofVerifier(clear -> Arrays.equals(clear, "secret".getBytes(StandardCharsets.UTF_8))));

    private static Account account(String user, java.net.SocketAddress client) {
        return user.equals("full") ? JUDGED : KNOWN;
    }

    @Test
    void a_login_ends_in_success_or_an_error_whatever_the_wire_does() throws InterruptedException {
        Fuzz.of("logins", (random, allocator) -> {
                    // The exchange by RSA takes a millisecond, so it has to be rare.
                    boolean full = random.nextInt(64) == 0;
                    String version = random.nextBoolean() ? "9.7.4" : "5.5.5-10.11.6-MariaDB";
                    Wire wire = new Wire(65536);
                    wire.server.config().setAllocator(allocator);
                    wire.client.config().setAllocator(allocator);
                    wire.startServer(Wire.serverSettings(version, random.nextInt(16) == 0, false), ACCOUNTS);
                    wire.startClient(Wire.clientSettings(full ? "full" : "app", "secret", BackendTls.DISABLED));
                    int length = 0;
                    for (int turn = 0; turn < 20 && (wire.server.isOpen() || wire.client.isOpen()); turn++) {
                        int carried = carry(wire.server, wire.client, random, allocator)
                                + carry(wire.client, wire.server, random, allocator);
                        if (carried == 0) {
                            break;
                        }
                        length += carried;
                    }
                    check(wire);
                    wire.close();
                    return length;
                })
                .allocatingAtMost(4 << 20)
                .slow()
                .run();
    }

    private static int carry(EmbeddedChannel from, EmbeddedChannel to, Random random, ByteBufAllocator allocator) {
        from.runPendingTasks();
        int carried = 0;
        ByteBuf out;
        while ((out = from.readOutbound()) != null) {
            byte[] bytes = ByteBufUtil.getBytes(out);
            out.release();
            byte[] sent = random.nextInt(3) == 0 ? Mutations.of(bytes, random) : bytes;
            int start = 0;
            for (int end : Mutations.cuts(sent.length, random)) {
                if (to.isOpen()) {
                    to.writeInbound(allocator.buffer(end - start).writeBytes(sent, start, end - start));
                }
                start = end;
            }
            carried += sent.length;
        }
        if (carried > 0 && !from.isOpen()) {
            to.close();
        }
        return carried;
    }

    private static void check(Wire wire) {
        wire.server.checkException();
        wire.client.checkException();
        assertThat(wire.onServer.failure).isNull();
        assertThat(wire.onServer.calls).as("verdicts of the server").isLessThanOrEqualTo(1);
        assertThat(wire.onClient.calls).as("verdicts of the client").isLessThanOrEqualTo(1);
        if (wire.onServer.refusal != null) {
            assertThat(wire.server.isOpen()).isFalse();
        }
        if (wire.onClient.clientFailure != null) {
            assertThat(wire.client.isOpen()).isFalse();
            // What the handler did not expect would show up as a lost connection with another reason.
            SqlError error = wire.onClient.clientFailure.error();
            if (error.code() == HandshakeErrors.serverLost("").code()) {
                assertThat(error).isEqualTo(HandshakeErrors.serverLost("it closed the connection"));
            }
        }
    }

    /** The step machine alone, in which nothing but the documented exception is a refusal. */
    @Test
    void a_backend_is_understood_or_refused() throws InterruptedException {
        Fuzz.of("backend's login", (random, allocator) -> {
                    ServerHandshake server =
                            new ServerHandshake(Wire.serverSettings(false, false), ACCOUNTS, Wire.ADDRESS, random);
                    ClientHandshake client =
                            new ClientHandshake(Wire.clientSettings("app", "secret", BackendTls.DISABLED));
                    int length = 0;
                    byte[] next = server.greeting(random.nextInt());
                    for (int turn = 0; turn < 4; turn++) {
                        byte[] sent = random.nextInt(2) == 0 ? next : Mutations.of(next, random);
                        length += sent.length;
                        if (!receive(client, sent, allocator)) {
                            break;
                        }
                        next = backendSays(random);
                    }
                    return length;
                })
                .run();
    }

    private static boolean receive(ClientHandshake client, byte[] sent, ByteBufAllocator allocator) {
        ByteBuf payload = allocator.buffer(sent.length).writeBytes(sent);
        try {
            ClientStep step = client.receive(payload);
            return step instanceof ClientStep.Send || step instanceof ClientStep.Await;
        } catch (ProtocolException e) {
            return false;
        } finally {
            payload.release();
        }
    }

    private static byte[] backendSays(Random random) {
        String key =
                "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu\n-----END PUBLIC KEY-----\n";
        return switch (random.nextInt(6)) {
            case 0 -> new byte[] {0, 0, 0, 2, 0, 0, 0};
            case 1 -> new byte[] {1, 3};
            case 2 -> new byte[] {1, 4};
            case 3 -> ("\u0001" + key).getBytes(StandardCharsets.ISO_8859_1);
            case 4 ->
                "\u00fecaching_sha2_password\u0000aaaaaaaaaaaaaaaaaaaa\u0000".getBytes(StandardCharsets.ISO_8859_1);
            default -> "\u00fesha256_password\u0000aaaaaaaaaaaaaaaaaaaa\u0000".getBytes(StandardCharsets.ISO_8859_1);
        };
    }
}
