// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Passes connections on behind a header of the PROXY protocol that claims whatever a test likes. */
final class LoadBalancer implements AutoCloseable {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final ServerSocket listener;
    private final int target;
    private final byte[] header;

    LoadBalancer(int target, byte[] header) throws IOException {
        this.target = target;
        this.header = header;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    static byte[] versionOne(String client) {
        String family = client.indexOf(':') < 0 ? "TCP4" : "TCP6";
        String us = client.indexOf(':') < 0 ? "127.0.0.1" : "::1";
        return ("PROXY " + family + " " + client + " " + us + " 51234 3306\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** With an extension behind the addresses, as cloud load balancers have. */
    static byte[] versionTwo(String client) throws IOException {
        byte[] address = InetAddress.getByName(client).getAddress();
        String family = address.length == 4 ? "11" : "21";
        String ends = HexFormat.of().formatHex(address)
                + HexFormat.of().formatHex(new byte[address.length])
                + "c822" // port 51234
                + "0cea" // port 3306
                + "ea0003616263"; // an extension of Amazon's
        return HexFormat.of()
                .parseHex(SIGNATURE + "21" + family + "00" + String.format("%02x", ends.length() / 2) + ends);
    }

    /** Its own connection, such as a health check. */
    static byte[] local() {
        return HexFormat.of().parseHex(SIGNATURE + "20000000");
    }

    Endpoint endpoint() {
        return new Endpoint("load balancer", listener.getLocalPort(), Lab.flavor());
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                server.getOutputStream().write(header);
                start(() -> carry(client, server));
                start(() -> carry(server, client));
            }
        } catch (IOException e) {
            if (!listener.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static void carry(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One side is gone, and the other is closed for it.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "load balancer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
