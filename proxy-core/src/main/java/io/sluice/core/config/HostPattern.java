// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where clients may come from, as in the host part of an account: localhost, an address in which % stands for any
 * characters and _ for one, or a network such as 10.0.0.0/8. Names are not resolved. Immutable.
 */
public final class HostPattern {
    static final String ALLOWED =
            "localhost, an address, an address with % and _ in it, or a network such as 10.0.0.0/8";

    private static final String LOCALHOST = "localhost";
    private static final Pattern NETWORK = Pattern.compile("[0-9A-Fa-f.:]+/[0-9]{1,3}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f.:%_]+");

    /** From anywhere. */
    public static final HostPattern ANY = parse("%").orElseThrow();

    private final String text;
    /** Null if it is none. */
    private final @Nullable Network network;

    private final Pattern pattern;

    private HostPattern(String text, @Nullable Network network) {
        this.text = text;
        this.network = network;
        this.pattern = withWildcards(text);
    }

    /** As in account names: % stands for any characters and _ for one, whatever the case. */
    static Pattern withWildcards(String text) {
        String quoted = Pattern.quote(text).replace("%", "\\E.*\\Q").replace("_", "\\E.\\Q");
        return Pattern.compile(quoted, Pattern.CASE_INSENSITIVE);
    }

    /** Empty if it is no such pattern. */
    public static Optional<HostPattern> parse(String text) {
        if (NETWORK.matcher(text).matches()) {
            return Key.attempt(() -> new HostPattern(text, Network.parse(text)));
        }
        return text.equals(LOCALHOST) || ADDRESS.matcher(text).matches()
                ? Optional.of(new HostPattern(text, null))
                : Optional.empty();
    }

    /** Whether a client at that address fits. One of a Unix socket or of a loopback address is localhost, too. */
    public boolean matches(SocketAddress client) {
        InetSocketAddress inet = client instanceof InetSocketAddress ip ? ip : null;
        InetAddress address = inet == null ? null : inet.getAddress();
        if ((address == null || address.isLoopbackAddress())
                && pattern.matcher(LOCALHOST).matches()) {
            return true;
        }
        if (inet == null || address == null) {
            return false;
        }
        return network != null
                ? network.contains(inet)
                : pattern.matcher(NetUtil.toAddressString(address)).matches();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HostPattern that && text.equals(that.text);
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
