// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.sluice.core.config.ConfigException;
import io.sluice.core.config.MysqlSettings;
import io.sluice.core.config.SluiceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
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
        open("{listen: ['127.0.0.1:0', '[::1]:0']}");
        Matcher ports =
                Pattern.compile("127\\.0\\.0\\.1:(\\d+),\\[[0:]+1]:(\\d+)").matcher(listeners.toString());
        assertThat(ports.matches()).as(listeners.toString()).isTrue();
        comesFrom("127.0.0.1", connect("127.0.0.1", Integer.parseInt(ports.group(1))));
        comesFrom("::1", connect("::1", Integer.parseInt(ports.group(2))));
    }

    @Test
    void shows_a_client_of_ipv4_as_such_also_where_ipv6_is_served() throws Exception {
        open("{listen: '[::]:0'}");
        String text = listeners.toString();
        comesFrom("127.0.0.1", connect("127.0.0.1", Integer.parseInt(text.substring(text.lastIndexOf(':') + 1))));
    }

    @Test
    void listens_on_none_if_one_cannot_be_had() throws Exception {
        int free = freePort();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String second = "127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> open("{listen: ['127.0.0.1:" + free + "', '" + second + "']}"))
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

    @Test
    void listens_on_a_unix_socket_that_all_may_use_and_takes_it_away() throws Exception {
        Path socket = directory.resolve("s.sock");
        open("{listen: '127.0.0.1:0', socket: s.sock}");
        assertThat(listeners.toString()).endsWith("," + socket);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rwxrwxrwx");
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            assertThat(client.isConnected()).isTrue();
            assertThat(clients.poll(10, TimeUnit.SECONDS)).isInstanceOf(DomainSocketAddress.class);
        }
        listeners.close();
        assertThat(socket).doesNotExist();
    }

    @Test
    void takes_the_place_of_a_socket_that_nobody_serves() throws Exception {
        Path socket = directory.resolve("s.sock");
        try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            killed.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        open("{listen: '127.0.0.1:0', socket: s.sock}");
        try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void leaves_a_socket_that_another_process_serves() throws Exception {
        int port = freePort();
        Path socket = directory.resolve("s.sock");
        try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            other.bind(UnixDomainSocketAddress.of(socket));
            assertThatThrownBy(() -> open("{listen: '127.0.0.1:" + port + "', socket: s.sock}"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("a process listens on " + socket + " already");
            assertThat(socket).exists();
        }
        assertThatThrownBy(() -> connect("127.0.0.1", port)).isInstanceOf(IOException.class);
    }

    @Test
    void leaves_a_file_that_is_no_socket() throws Exception {
        Path file = Files.writeString(directory.resolve("precious"), "text");
        assertThatThrownBy(() -> open("{listen: '127.0.0.1:0', socket: precious}"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is no socket");
        assertThat(file).hasContent("text");
    }

    @Test
    void says_that_a_transport_serves_no_unix_sockets() throws Exception {
        MysqlSettings settings = settings("{listen: '127.0.0.1:0', socket: s.sock}");
        Transport nio = Transport.of(MysqlSettings.Transport.NIO);
        MultiThreadIoEventLoopGroup nioLoops = nio.loops(1, "nio");
        try {
            assertThatThrownBy(() -> listeners.open(bootstrap(nioLoops), settings, nio, Map.of()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the transport nio serves no Unix sockets");
        } finally {
            nioLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
        }
    }

    private void open(String mysql) throws Exception {
        listeners.open(bootstrap(loops), settings(mysql), transport, Map.of());
    }

    private ServerBootstrap bootstrap(MultiThreadIoEventLoopGroup group) {
        return new ServerBootstrap().group(group).childHandler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                clients.add(channel.remoteAddress());
            }
        });
    }

    private MysqlSettings settings(String mysql) throws IOException, ConfigException {
        Path file = directory.resolve("sluice.yaml");
        Files.writeString(file, """
                mysql: %s
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
