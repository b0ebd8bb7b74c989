// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.util.List;

/**
 * Where a server runs: on loopback, or in a network of its own.
 *
 * @param launcher what has to stand before its command, such as {@code ip netns exec NAME}; empty on loopback
 * @param host where Sluice and other servers find it
 * @param administrator where its administrator finds it, whatever becomes of the network
 */
public record Place(List<String> launcher, String host, String administrator) {
    static final Place LOOPBACK = new Place(List.of(), "127.0.0.1", "127.0.0.1");

    public Place {
        launcher = List.copyOf(launcher);
    }

    boolean isLoopback() {
        return launcher.isEmpty();
    }
}
