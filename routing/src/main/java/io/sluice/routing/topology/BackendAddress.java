// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.topology;

import java.util.Locale;

/** Where a server listens: its identity in configuration, metrics and logs. The host is kept as written, in lower case. */
public record BackendAddress(String host, int port) {
    public static final int DEFAULT_PORT = 3306;

    public BackendAddress {
        host = host.toLowerCase(Locale.ROOT);
        if (host.isEmpty()) {
            throw new IllegalArgumentException("the host is empty");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not within 1-65535");
        }
    }

    /** Reads {@code host}, {@code host:port}, {@code [::1]} or {@code [::1]:port}. */
    public static BackendAddress parse(String text) {
        String trimmed = text.trim();
        if (trimmed.startsWith("[")) {
            int end = trimmed.indexOf(']');
            if (end < 0) {
                throw new IllegalArgumentException("\"" + text + "\": ']' is missing");
            }
            return new BackendAddress(trimmed.substring(1, end), port(text, trimmed.substring(end + 1)));
        }
        int colon = trimmed.indexOf(':');
        if (colon < 0) {
            return new BackendAddress(trimmed, DEFAULT_PORT);
        }
        if (trimmed.indexOf(':', colon + 1) >= 0) {
            throw new IllegalArgumentException("\"" + text + "\": write an IPv6 address in brackets, [::1]:3306");
        }
        return new BackendAddress(trimmed.substring(0, colon), port(text, trimmed.substring(colon)));
    }

    private static int port(String text, String colonAndPort) {
        if (colonAndPort.isEmpty()) {
            return DEFAULT_PORT;
        }
        if (!colonAndPort.matches(":[0-9]{1,5}")) {
            throw new IllegalArgumentException("\"" + text + "\": expected host:port");
        }
        return Integer.parseInt(colonAndPort, 1, colonAndPort.length(), 10);
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
