// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Carries bytes between a client and a server of the MySQL protocol, and does to the next connection of one user the
 * {@link Fault} it is told. TLS must be off, since packets are counted. Each connection has two threads.
 */
public final class FaultProxy implements AutoCloseable {
    private static final long DELAY_MILLIS = 300;

    private final ServerSocket listener;
    private final int target;
    private final byte[] user;
    private final AtomicReference<@Nullable Fault> armed = new AtomicReference<>();
    private final Set<Route> routes = ConcurrentHashMap.newKeySet();

    /** Listens on a port of its own for connections to the target. */
    public FaultProxy(int targetPort, String user) throws IOException {
        this.target = targetPort;
        this.user = (user + "\0").getBytes(StandardCharsets.UTF_8);
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start("accept", this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** The next connection on which that user logs in meets the fault. */
    public void arm(Fault fault) {
        armed.set(fault);
    }

    /** Whether the fault still waits for a connection; disarms it. */
    public boolean disarm() {
        return armed.getAndSet(null) != null;
    }

    /** Ends the connections of that user. */
    public void dropAll() {
        routes.stream().filter(route -> route.counts).forEach(Route::close);
    }

    /** Packets that the last connection of that user has carried, to the server or from it. */
    public int carried(boolean toServer) {
        return toServer ? carriedToServer.get() : carriedToClient.get();
    }

    private final AtomicInteger carriedToServer = new AtomicInteger();
    private final AtomicInteger carriedToClient = new AtomicInteger();

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Route route = new Route(client, server);
                routes.add(route);
                start("to server", () -> route.pump(true));
                start("to client", () -> route.pump(false));
            } catch (IOException e) {
                // The target is down, or this proxy is closed.
            }
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "fault proxy " + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        routes.forEach(Route::close);
    }

    /** One connection. Whether the fault is for it shows in the client's first packet; the greeting passes before. */
    private final class Route {
        private final Socket client;
        private final Socket server;
        private volatile boolean counts;
        private volatile @Nullable Fault fault;

        Route(Socket client, Socket server) {
            this.client = client;
            this.server = server;
            Fault early = armed.get();
            // Before the login nobody knows who it is: a fault in the greeting meets whoever comes first.
            if (early != null && !early.toServer() && early.packets() == 0) {
                fault = armed.getAndSet(null);
            }
        }

        void pump(boolean toServer) {
            try {
                InputStream in = (toServer ? client : server).getInputStream();
                OutputStream out = (toServer ? server : client).getOutputStream();
                byte[] header = new byte[4];
                for (int packet = 0; in.readNBytes(header, 0, 4) == 4; packet++) {
                    int length = header[0] & 0xff | (header[1] & 0xff) << 8 | (header[2] & 0xff) << 16;
                    byte[] bytes = new byte[4 + length];
                    System.arraycopy(header, 0, bytes, 0, 4);
                    in.readNBytes(bytes, 4, length);
                    if (toServer && packet == 0) {
                        recognise(bytes);
                    }
                    if (!pass(toServer, packet, bytes, out)) {
                        return;
                    }
                    if (counts) {
                        (toServer ? carriedToServer : carriedToClient).set(packet + 1);
                    }
                }
                close();
            } catch (IOException e) {
                close();
            }
        }

        private void recognise(byte[] login) {
            String text = new String(login, StandardCharsets.ISO_8859_1);
            counts = text.contains(new String(user, StandardCharsets.ISO_8859_1));
            Fault waiting = armed.get();
            if (counts && fault == null && waiting != null && armed.compareAndSet(waiting, null)) {
                fault = waiting;
            }
        }

        /** Writes the packet, or does the fault; false if nothing more is to pass. */
        private boolean pass(boolean toServer, int packet, byte[] bytes, OutputStream out) throws IOException {
            Fault planned = fault;
            if (planned == null || planned.toServer() != toServer || planned.packets() != packet) {
                out.write(bytes);
                return true;
            }
            int first = Math.min(planned.bytes(), bytes.length);
            out.write(bytes, 0, first);
            switch (planned.kind()) {
                case RESET -> {
                    client.setSoLinger(true, 0);
                    server.setSoLinger(true, 0);
                    close();
                }
                case FIN -> close();
                case HALF_CLOSE -> (toServer ? server : client).shutdownOutput();
                case STALL -> {
                    // Both sides stay connected.
                }
                case DELAY -> {
                    sleep();
                    out.write(bytes, first, bytes.length - first);
                    return true;
                }
            }
            return false;
        }

        private void sleep() {
            try {
                Thread.sleep(DELAY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void close() {
            routes.remove(this);
            end(client);
            end(server);
        }

        private static void end(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // It is of no use any more, either way.
            }
        }
    }
}
