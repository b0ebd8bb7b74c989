// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import io.sluice.core.config.MysqlSettings;
import io.sluice.core.config.SluiceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two proxies' listeners, of which the second takes over from the first. */
class HandOverTest {
    private static final int SOON_MILLIS = 10_000;

    @TempDir
    private Path directory;

    private final ClientListeners before = new ClientListeners();
    private final ClientListeners after = new ClientListeners();
    private Transport transport;
    private MultiThreadIoEventLoopGroup loops;
    private MysqlSettings settings;
    private HandOver offer;
    private int port;

    @BeforeEach
    void open() throws Exception {
        Assumptions.assumeTrue(Epoll.isAvailable(), "sockets are handed over by epoll");
        transport = Transport.of(MysqlSettings.Transport.EPOLL);
        loops = transport.loops(1, "test");
        settings = settings("{listen: '127.0.0.1:0', socket: s.sock}");
        before.open(greeting("before"), settings, transport, Map.of());
        port = Integer.parseInt(before.toString().replaceAll(".*:(\\d+),.*", "$1"));
        offer = new HandOver(directory, before.sockets(), before::release, loops);
    }

    @AfterEach
    void close() {
        if (loops != null) {
            offer.close();
            before.close();
            after.close();
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    @Test
    void sockets_go_over_with_all_who_come_from_then_on() throws Exception {
        assertThat(greetingAt(port)).isEqualTo("before");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(HandOver.file(directory))))
                .isEqualTo("rw-------");
        TakeOver successor = new TakeOver(directory, loops);
        after.open(greeting("after "), settings, transport, successor.sockets());
        assertThat(greetingAt(port)).isIn("before", "after ");

        successor.take();
        assertThat(offer.replaced()).succeedsWithin(10, TimeUnit.SECONDS);
        for (int i = 0; i < 50; i++) {
            assertThat(greetingAt(port)).isEqualTo("after ");
        }
        try (SocketChannel unix = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("s.sock")))) {
            assertThat(unix.isConnected()).isTrue();
        }
        before.close();
        assertThat(greetingAt(port)).isEqualTo("after ");
        assertThat(directory.resolve("s.sock")).exists();
        assertThat(HandOver.file(directory)).doesNotExist();
        after.close();
        assertThatThrownBy(() -> greetingAt(port)).isInstanceOf(IOException.class);
    }

    @Test
    void a_successor_that_gives_up_leaves_all_as_it_was() throws Exception {
        Map<String, FileDescriptor> sockets = new TakeOver(directory, loops).sockets();
        assertThat(sockets)
                .containsOnlyKeys("127.0.0.1:0", directory.resolve("s.sock").toString());
        after.open(greeting("after "), settings("{listen: '127.0.0.1:0'}"), transport, sockets);
        after.close();
        assertThat(greetingAt(port)).isEqualTo("before");
        assertThat(offer.replaced()).isNotCompleted();
    }

    @Test
    void says_that_nobody_offers_sockets() {
        offer.close();
        assertThatThrownBy(() -> new TakeOver(directory, loops).sockets())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--takeover: no Sluice with this data_dir offers its sockets");
    }

    private ServerBootstrap greeting(String text) {
        return new ServerBootstrap().group(loops).childHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
            }
        });
    }

    private static String greetingAt(int port) throws IOException {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(SOON_MILLIS);
            return new String(client.getInputStream().readNBytes(6), StandardCharsets.US_ASCII);
        }
    }

    private MysqlSettings settings(String mysql) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
                mysql: %s
                servers: [{address: db1}]
                monitor: {user: m}
                """.formatted(mysql));
        return SluiceConfig.load(file, Map.of()).mysql();
    }
}
