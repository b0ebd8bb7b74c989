// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.auth.Credentials;
import io.sluice.protocol.auth.Password;
import io.sluice.protocol.auth.RsaKeySource;
import io.sluice.protocol.auth.RsaKeys;
import io.sluice.protocol.packet.ErrPacket;
import io.sluice.protocol.testing.Seeds;
import io.sluice.protocol.tls.BackendTls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What clients do that are slow, early, hostile, or already logged in. */
class ServerHandshakeHandlerTest {
    private static final Account ACCOUNT = new Wire.User(Credentials.ofPassword(Password.of("secret")));
    private static final Accounts ACCOUNTS = (user, address) -> user.equals("app") ? ACCOUNT : null;

    private final Wire wire = new Wire(65536);

    private SqlError lastError(EmbeddedChannel channel) {
        SqlError error = null;
        ByteBuf out;
        while ((out = channel.readOutbound()) != null) {
            if (out.readableBytes() > 4 && out.getUnsignedByte(4) == ErrPacket.HEADER) {
                error = ErrPacket.read(out.skipBytes(4));
            }
            out.release();
        }
        return Objects.requireNonNull(error);
    }

    @Test
    void a_health_check_that_says_nothing_is_no_event() {
        wire.startServer(Wire.serverSettings(false, false), ACCOUNTS);
        wire.close();
        assertThat(wire.onServer.calls).isZero();
    }

    @Test
    void a_client_that_never_answers_is_told_and_closed() {
        wire.startServer(Wire.serverSettings(false, false), ACCOUNTS);
        wire.server.advanceTimeBy(10, TimeUnit.SECONDS);
        wire.server.runScheduledPendingTasks();
        assertThat(wire.server.isOpen()).isFalse();
        assertThat(lastError(wire.server).code()).isEqualTo(1159);
        assertThat(Objects.requireNonNull(wire.onServer.refusal).code()).isEqualTo(1159);
        wire.close();
    }

    @Test
    void a_refusal_is_counted_before_the_client_can_see_it() {
        wire.startServer(Wire.serverSettings(false, false), ACCOUNTS);
        int greeting = wire.server.outboundMessages().size();
        int[] sent = {-1};
        wire.onServer.whenRefused =
                () -> sent[0] = wire.server.outboundMessages().size();
        wire.server.advanceTimeBy(10, TimeUnit.SECONDS);
        wire.server.runScheduledPendingTasks();
        assertThat(sent[0]).isEqualTo(greeting);
        wire.close();
    }

    @Test
    void a_client_stuck_in_the_tls_handshake_is_closed_at_the_deadline() {
        wire.startServer(Wire.serverSettings(true, false), ACCOUNTS);
        ByteBuf request = Unpooled.buffer()
                .writeMediumLE(32)
                .writeByte(1)
                .writeIntLE(0x0a00)
                .writeZero(28);
        wire.server.writeInbound(request);
        wire.server.advanceTimeBy(10, TimeUnit.SECONDS);
        wire.server.runScheduledPendingTasks();
        assertThat(wire.server.isOpen()).isFalse();
        wire.close();
    }

    @Test
    void a_refusal_may_come_later_and_what_is_sent_meanwhile_is_not_read() {
        wire.onServer.refusalDelayMillis = 3_000;
        wire.startServer(Wire.serverSettings(false, false), ACCOUNTS);
        wire.startClient(Wire.clientSettings("app", "wrong", BackendTls.DISABLED))
                .run();
        assertThat(wire.onServer.calls).isZero();
        assertThat(wire.onClient.calls).isZero();
        assertThat(wire.server.config().isAutoRead()).isFalse();
        wire.server.writeInbound(Unpooled.buffer().writeMediumLE(1).writeByte(9).writeByte(0));
        wire.server.advanceTimeBy(2_999, TimeUnit.MILLISECONDS);
        wire.run();
        assertThat(wire.onClient.calls).isZero();
        wire.server.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        wire.server.runScheduledPendingTasks();
        wire.run();
        assertThat(Objects.requireNonNull(wire.onClient.clientFailure).error().code())
                .isEqualTo(1045);
        assertThat(Objects.requireNonNull(wire.onServer.refusal).code()).isEqualTo(1045);
        assertThat(wire.server.isOpen()).isFalse();
        wire.close();
    }

    @Test
    void a_client_that_leaves_before_its_refusal_is_no_event() {
        wire.onServer.refusalDelayMillis = 3_000;
        wire.startServer(Wire.serverSettings(false, false), ACCOUNTS);
        wire.startClient(Wire.clientSettings("app", "wrong", BackendTls.DISABLED))
                .run();
        wire.server.close();
        wire.server.advanceTimeBy(3, TimeUnit.SECONDS);
        wire.server.runScheduledPendingTasks();
        assertThat(wire.onServer.calls).isZero();
        wire.close();
    }

    @Test
    void a_password_waits_for_rsa_keys_that_are_being_made() {
        CompletableFuture<RsaKeys> keys = new CompletableFuture<>();
        openAccountWithout(keys);
        assertThat(wire.onServer.calls).isZero();
        keys.complete(RsaKeys.generate());
        wire.run();
        assertThat(wire.onClient.result).isNotNull();
        wire.close();
    }

    @Test
    void without_rsa_keys_the_refusal_says_why() {
        CompletableFuture<RsaKeys> keys = new CompletableFuture<>();
        openAccountWithout(keys);
        keys.completeExceptionally(new IOException("disk full"));
        wire.run();
        assertThat(Objects.requireNonNull(wire.onServer.refusal).code()).isEqualTo(1105);
        assertThat(Objects.requireNonNull(wire.onServer.refusal).message()).endsWith("disk full");
        assertThat(wire.onClient.clientFailure).isNotNull();
        wire.close();
    }

    @Test
    void a_client_that_leaves_while_keys_are_made_keeps_nothing() {
        CompletableFuture<RsaKeys> keys = new CompletableFuture<>();
        openAccountWithout(keys);
        wire.server.close();
        keys.complete(RsaKeys.generate());
        wire.run();
        assertThat(wire.onServer.calls).isZero();
        wire.close();
    }

    /** One whose password has to be shown, so that it comes to the exchange with RSA. */
    private void openAccountWithout(CompletableFuture<RsaKeys> keys) {
        Account open = new Wire.User(
                Credentials.ofVerifier(password -> Arrays.equals(password, "secret".getBytes(StandardCharsets.UTF_8))));
        wire.startServer(
                        Wire.serverSettings("9.7.4", false, false, RsaKeySource.madeBy(() -> keys)),
                        (user, address) -> open)
                .startClient(Wire.clientSettings("app", "secret", BackendTls.DISABLED))
                .run();
    }

    @Test
    void what_a_client_sends_before_its_ok_reaches_the_command_phase() {
        wire.onServer.acceptAtOnce = false;
        wire.startServer(Wire.serverSettings(false, false), ACCOUNTS)
                .startClient(Wire.clientSettings("app", "secret", BackendTls.DISABLED))
                .run();
        assertThat(wire.server.config().isAutoRead()).isFalse();
        wire.server.writeInbound(Unpooled.copiedBuffer(new byte[] {1, 0, 0, 0, 'P'}));
        assertThat(wire.onServer.commandPhase.toString()).isEmpty();

        assertThat(Objects.requireNonNull(wire.onServer.reply).accept(Wire.AUTOCOMMIT))
                .isTrue();

        assertThat(wire.onServer.commandPhase.toString()).isEqualTo("\1\0\0\0P");
        assertThat(wire.server.config().isAutoRead()).isTrue();
        wire.run();
        assertThat(wire.onClient.result).isNotNull();
        wire.close();
    }

    @Test
    void a_reply_to_a_client_that_has_gone_does_nothing() {
        wire.onServer.acceptAtOnce = false;
        wire.startServer(Wire.serverSettings(false, false), ACCOUNTS)
                .startClient(Wire.clientSettings("app", "secret", BackendTls.DISABLED))
                .run();
        wire.server.close();
        assertThat(Objects.requireNonNull(wire.onServer.reply).accept(Wire.AUTOCOMMIT))
                .isFalse();
        wire.close();
    }

    @Test
    void a_rejected_login_gets_the_owners_error() {
        wire.onServer.acceptAtOnce = false;
        wire.startServer(Wire.serverSettings(false, false), ACCOUNTS)
                .startClient(Wire.clientSettings("app", "secret", BackendTls.DISABLED))
                .run();
        SqlError error = new SqlError(1049, "42000", "Unknown database 'app'");
        Objects.requireNonNull(wire.onServer.reply).reject(error);
        wire.run();
        assertThat(wire.onClient.clientFailure).isEqualTo(new HandshakeFailure(error, true));
        wire.close();
    }

    @Test
    void change_user_asks_for_a_new_proof_and_lets_the_commands_on() {
        wire.startServer(Wire.serverSettings(false, false), ACCOUNTS)
                .startClient(Wire.clientSettings("app", "secret", BackendTls.DISABLED))
                .run();
        Login first = Objects.requireNonNull(wire.onServer.login);
        ByteBuf command = Unpooled.buffer().writeByte(0x11);
        command.writeBytes(new byte[] {'a', 'p', 'p', 0, 0, 'd', 'b', 0, 0x35, 0x01});
        command.writeBytes("mysql_native_password\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        wire.onServer.acceptAtOnce = false;
        wire.server
                .pipeline()
                .addFirst(ServerHandshakeHandler.changeUser(
                        Wire.serverSettings(false, false),
                        ACCOUNTS,
                        first,
                        command,
                        new java.security.SecureRandom(),
                        wire.onServer));
        ByteBuf request = wire.server.readOutbound();
        assertThat(request.getUnsignedByte(3)).isEqualTo((short) 1);
        assertThat(request.getUnsignedByte(4)).isEqualTo((short) 0xfe);
        request.release();
        wire.server.writeInbound(Unpooled.copiedBuffer(new byte[] {0, 0, 0, 2})); // an empty password: denied
        assertThat(lastError(wire.server).message()).contains("using password: NO");
        wire.close();
    }

    @Test
    void garbage_ends_in_an_error_and_never_in_an_exception() {
        Seeds.forEach(2_000, random -> {
            Wire hostile = new Wire(65536).startServer(Wire.serverSettings(random.nextBoolean(), false), ACCOUNTS);
            for (int chunks = random.nextInt(4); chunks >= 0 && hostile.server.isOpen(); chunks--) {
                byte[] bytes = new byte[1 + random.nextInt(200)];
                random.nextBytes(bytes);
                if (random.nextInt(4) > 0 && bytes.length > 8) { // plausible header and flags, to get further
                    ByteBuf header = Unpooled.wrappedBuffer(bytes);
                    header.setMediumLE(0, bytes.length - 4).setByte(3, 1 + random.nextInt(2));
                    header.setByte(5, bytes[5] | 0x02);
                }
                hostile.server.writeInbound(Unpooled.copiedBuffer(bytes));
            }
            hostile.server.checkException();
            hostile.close();
            assertThat(hostile.onServer.login).isNull();
            if (hostile.onServer.failure != null) { // a TLS record that is none
                assertThat(hostile.onServer.failure).hasRootCauseInstanceOf(javax.net.ssl.SSLException.class);
            }
        });
    }

    @Test
    void garbage_from_a_server_ends_in_one_failure() {
        Seeds.forEach(2_000, random -> {
            Wire hostile = new Wire(65536).startClient(Wire.clientSettings("app", "secret", BackendTls.DISABLED));
            byte[] bytes = new byte[1 + random.nextInt(200)];
            random.nextBytes(bytes);
            if (random.nextBoolean() && bytes.length > 4) {
                Unpooled.wrappedBuffer(bytes)
                        .setMediumLE(0, bytes.length - 4)
                        .setByte(3, 0)
                        .setByte(4, 10);
            }
            hostile.client.writeInbound(Unpooled.copiedBuffer(bytes));
            hostile.client.checkException();
            hostile.close();
            assertThat(hostile.onClient.calls).isEqualTo(1);
            assertThat(hostile.onClient.clientFailure).isNotNull();
        });
    }

    @Test
    void an_error_in_place_of_the_greeting_is_the_servers_word() {
        wire.startClient(Wire.clientSettings("app", "secret", BackendTls.DISABLED));
        byte[] text = "Too many connections".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        ByteBuf packet = Unpooled.buffer().writeMediumLE(3 + text.length).writeByte(0);
        wire.client.writeInbound(packet.writeByte(0xff).writeShortLE(1040).writeBytes(text));
        HandshakeFailure failure = Objects.requireNonNull(wire.onClient.clientFailure);
        assertThat(failure.answered()).isTrue();
        assertThat(failure.error().code()).isEqualTo(1040);
        wire.close();
    }
}
