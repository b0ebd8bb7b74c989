// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;

/** How logs and the admin port name where a client comes from. */
public final class ClientAddress {
    private ClientAddress() {}

    /** The peer of a Unix socket has no address of its own; servers call its host localhost. */
    public static String text(SocketAddress address) {
        return address instanceof DomainSocketAddress ? "localhost" : String.valueOf(address);
    }
}
