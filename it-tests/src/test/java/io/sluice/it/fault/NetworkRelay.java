// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * The network before a server: slow at will, or cut. While it is cut no byte passes, nobody is told, and what was under
 * way arrives afterwards, as TCP has it.
 */
public final class NetworkRelay implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Object change = new Object();
    private volatile long delayMillis;
    private final Queue<Socket> clients = new ConcurrentLinkedQueue<>();
    private volatile boolean cut;

    public NetworkRelay(int target) throws IOException {
        this(new ServerSocket(0, 200, InetAddress.getLoopbackAddress()), target);
    }

    /** One that listens at another address of this machine, such as 127.0.0.2. */
    public NetworkRelay(String host, int port, int target) throws IOException {
        this(new ServerSocket(port, 200, InetAddress.getByName(host)), target);
    }

    private NetworkRelay(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
        start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    public String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** From now on each piece of an answer comes so much later. */
    public void delay(long millis) {
        delayMillis = millis;
    }

    public void cut() {
        cut = true;
    }

    public void mend() {
        synchronized (change) {
            cut = false;
            change.notifyAll();
        }
    }

    /** Ends every connection that there is, without a word to the server's sessions but that. */
    public void drop() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
    }

    private void awaitWhole() throws InterruptedException {
        if (cut) {
            synchronized (change) {
                while (cut) {
                    change.wait();
                }
            }
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                awaitWhole();
                connect(client);
            } catch (IOException e) {
                // The target is down, or this relay is closed.
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void connect(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException e) {
            client.close();
            throw e;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        clients.add(client);
        start(() -> pump(client, server, false));
        start(() -> pump(server, client, true));
    }

    private void pump(Socket from, Socket to, boolean late) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] chunk = new byte[16384];
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                if (late) {
                    TimeUnit.MILLISECONDS.sleep(delayMillis);
                }
                awaitWhole();
                out.write(chunk, 0, length);
            }
        } catch (IOException e) {
            // One side is gone, and with this the other, too.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "network relay");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        mend();
        listener.close();
    }
}
