// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import io.sluice.it.fault.NetworkRelay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Carries bytes to a server, and what it sends later by the same time for every byte: a server that is far away. Unlike
 * behind a {@link NetworkRelay}, a stream does not fall behind by more than that.
 */
final class LateRelay implements AutoCloseable {
    private record Piece(byte[] bytes, int length, long dueNanos) {}

    private static final Piece END = new Piece(new byte[0], -1, 0);

    private final ServerSocket listener;
    private final int target;
    private final long delayNanos;

    LateRelay(int target, long delayMillis) throws IOException {
        this.target = target;
        this.delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                BlockingQueue<Piece> onTheWay = new LinkedBlockingQueue<>();
                start(() -> pump(client, server));
                start(() -> take(server, onTheWay));
                start(() -> give(onTheWay, client));
            } catch (IOException e) {
                // The target is down, or this relay is closed.
            }
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One side is gone, and with this the other, too.
        }
    }

    private void take(Socket from, BlockingQueue<Piece> onTheWay) {
        try (from) {
            InputStream in = from.getInputStream();
            int length;
            do {
                byte[] bytes = new byte[16384];
                length = in.read(bytes);
                onTheWay.add(new Piece(bytes, length, System.nanoTime() + delayNanos));
            } while (length >= 0);
        } catch (IOException e) {
            onTheWay.add(END);
        }
    }

    private static void give(BlockingQueue<Piece> onTheWay, Socket to) {
        try (to) {
            OutputStream out = to.getOutputStream();
            for (Piece piece = onTheWay.take(); piece.length >= 0; piece = onTheWay.take()) {
                TimeUnit.NANOSECONDS.sleep(piece.dueNanos - System.nanoTime());
                out.write(piece.bytes, 0, piece.length);
            }
        } catch (IOException e) {
            // The client is gone.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "late relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
