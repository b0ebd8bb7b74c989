// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.sluice.core.config.ConfigException;
import io.sluice.core.config.MysqlSettings;
import io.sluice.core.config.SluiceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClientListenersTest {
    private final Transport transport = Transport.of(MysqlSettings.Transport.AUTO);
    private final MultiThreadIoEventLoopGroup loops = transport.loops(1, "test");
    private final BlockingQueue<SocketAddress> clients = new LinkedBlockingQueue<>();
    private final ClientListeners listeners = new ClientListeners();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        listeners.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    @Test
    void listens_on_every_address() throws Exception {
        open("listen: ['127.0.0.1:0', '[::1]:0']");
        Matcher ports =
                Pattern.compile("127\\.0\\.0\\.1:(\\d+),\\[[0:]+1]:(\\d+)").matcher(listeners.toString());
        assertThat(ports.matches()).as(listeners.toString()).isTrue();
        comesFrom("127.0.0.1", connect("127.0.0.1", Integer.parseInt(ports.group(1))));
        comesFrom("::1", connect("::1", Integer.parseInt(ports.group(2))));
    }

    @Test
    void shows_a_client_of_ipv4_as_such_also_where_ipv6_is_served() throws Exception {
        open("listen: '[::]:0'");
        String text = listeners.toString();
        comesFrom("127.0.0.1", connect("127.0.0.1", Integer.parseInt(text.substring(text.lastIndexOf(':') + 1))));
    }

    @Test
    void listens_on_none_if_one_cannot_be_had() throws Exception {
        int free = freePort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String second = "127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> open("listen: ['127.0.0.1:" + free + "', '" + second + "']"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("mysql.listen: cannot listen on " + second);
            assertThatThrownBy(() -> connect("127.0.0.1", free)).isInstanceOf(IOException.class);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void open(String mysql) throws Exception {
        ServerBootstrap bootstrap = new ServerBootstrap().group(loops).childHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                clients.add(channel.remoteAddress());
            }
        });
        listeners.open(bootstrap, settings(mysql), transport);
    }

    private MysqlSettings settings(String mysql) throws IOException, ConfigException {
        Path file = directory.resolve("sluice.yaml");
        Files.writeString(file, """
                mysql:
                  %s
                servers: [{address: db1}]
                monitor: {user: m}
                """.formatted(mysql));
        return SluiceConfig.load(file, System.getenv()).mysql();
    }

    private void comesFrom(String address, Socket socket) throws Exception {
        try (socket) {
            SocketAddress client = clients.poll(10, TimeUnit.SECONDS);
            assertThat(client)
                    .isInstanceOfSatisfying(
                            InetSocketAddress.class,
                            inet -> assertThat(inet.getAddress())
                                    .isEqualTo(new InetSocketAddress(address, 0).getAddress()));
        }
    }

    private static Socket connect(String host, int port) throws IOException {
        return new Socket(host, port);
    }
}
