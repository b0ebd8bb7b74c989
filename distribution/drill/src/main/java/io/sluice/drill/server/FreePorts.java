// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/**
 * Free loopback ports below 32768: the kernel hands out those above to outgoing connections, and a server that
 * restarts would then find its port taken. The range is the system property {@code sluice.it.ports}, "LOW-HIGH".
 */
public final class FreePorts {
    private static final String[] RANGE =
            System.getProperty("sluice.it.ports", "20000-31999").split("-", 2);
    private static final int LOW = Integer.parseInt(RANGE[0]);
    private static final int HIGH = Integer.parseInt(RANGE[1]);

    /** Ports handed out before: a server that is not yet listening keeps its port all the same. */
    private static final Set<Integer> TAKEN = new HashSet<>();

    private static final Random RANDOM = new Random();

    private FreePorts() {}

    public static synchronized int next() {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = LOW + RANDOM.nextInt(HIGH - LOW + 1);
            if (!TAKEN.contains(port) && isFree(port)) {
                TAKEN.add(port);
                return port;
            }
        }
        throw new ServerFailure("no free port between " + LOW + " and " + HIGH + "; see: ss -ltn");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false; // taken: that is the answer
        }
    }
}
