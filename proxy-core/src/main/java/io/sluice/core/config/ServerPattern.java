// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which servers may be used: a network, in which all addresses of a server must lie, or a name in which % stands for any
 * characters and _ for one. Immutable.
 */
public final class ServerPattern {
    static final String ALLOWED = "a network such as 10.1.0.0/16, or a name such as db%.example.com";

    private static final Pattern NETWORK = Pattern.compile("[0-9A-Fa-f.:]+(/[0-9]{1,3})?");
    private static final Pattern NAME = Pattern.compile("[0-9A-Za-z.%_-]+");

    private final String text;
    private final @Nullable Network network;
    private final Pattern pattern;

    private ServerPattern(String text, @Nullable Network network) {
        this.text = text;
        this.network = network;
        this.pattern = HostPattern.withWildcards(text);
    }

    static Optional<ServerPattern> parse(String text) {
        if (NETWORK.matcher(text).matches() && (text.indexOf('.') >= 0 || text.indexOf(':') >= 0)) {
            return Key.attempt(() -> new ServerPattern(text, Network.parse(text)));
        }
        return NAME.matcher(text).matches() ? Optional.of(new ServerPattern(text, null)) : Optional.empty();
    }

    /**
     * Whether a server fits.
     *
     * @param addresses what the host's name stands for; none if that is unknown
     */
    public boolean matches(String host, List<InetAddress> addresses) {
        Network within = network;
        if (within == null) {
            return pattern.matcher(host).matches();
        }
        return !addresses.isEmpty()
                && addresses.stream().allMatch(address -> within.contains(new InetSocketAddress(address, 0)));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ServerPattern that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
