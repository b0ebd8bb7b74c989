// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.net.InetSocketAddress;

/** Where the proxy listens: a host name or IP address, and a port; port 0 lets the system choose one. */
public record ListenAddress(String host, int port) {
    public ListenAddress {
        if (host.isEmpty() || port < 0 || port > 65_535) {
            throw new IllegalArgumentException("not an address to listen on: " + host + ":" + port);
        }
    }

    /** Reads {@code host:port} or {@code [::1]:port}. */
    public static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        if (colon <= 0 || (bracketed ? text.charAt(colon - 1) != ']' : text.indexOf(':') != colon)) {
            throw new IllegalArgumentException("not host:port: " + text);
        }
        String port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        String host = bracketed ? text.substring(1, colon - 1) : text.substring(0, colon);
        return new ListenAddress(host, Integer.parseInt(port));
    }

    /** Resolves the host name, which may block: at start only, never on an event loop. */
    public InetSocketAddress toSocketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
