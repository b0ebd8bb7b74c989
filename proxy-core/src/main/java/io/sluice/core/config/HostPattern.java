// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where clients may come from, as in the host part of an account: localhost, an address in which % stands for any
 * characters and _ for one, or a network such as 10.0.0.0/8. Names are not resolved. Immutable.
 */
public final class HostPattern {
    static final String ALLOWED =
            "localhost, an address, an address with % and _ in it, or a network such as 10.0.0.0/8";

    private static final String LOCALHOST = "localhost";
    private static final Pattern NETWORK = Pattern.compile("([0-9A-Fa-f.:]+)/([0-9]{1,3})");
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Fa-f.:%_]+");

    /** From anywhere. */
    public static final HostPattern ANY = parse("%").orElseThrow();

    private final String text;
    /** The network's address and its bits; empty if it is none. */
    private final byte[] network;

    private final int bits;
    private final Pattern pattern;

    private HostPattern(String text, byte[] network, int bits) {
        this.text = text;
        this.network = network;
        this.bits = bits;
        String quoted = Pattern.quote(text).replace("%", "\\E.*\\Q").replace("_", "\\E.\\Q");
        this.pattern = Pattern.compile(quoted, Pattern.CASE_INSENSITIVE);
    }

    /** Empty if it is no such pattern. */
    public static Optional<HostPattern> parse(String text) {
        Matcher slash = NETWORK.matcher(text);
        if (slash.matches()) {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(slash.group(1));
            int bits = Integer.parseInt(slash.group(2));
            return address == null || bits > 8 * address.length
                    ? Optional.empty()
                    : Optional.of(new HostPattern(text, address, bits));
        }
        return text.equals(LOCALHOST) || ADDRESS.matcher(text).matches()
                ? Optional.of(new HostPattern(text, new byte[0], 0))
                : Optional.empty();
    }

    /** Whether a client at that address fits. One of a Unix socket or of a loopback address is localhost, too. */
    public boolean matches(SocketAddress client) {
        InetAddress address = client instanceof InetSocketAddress inet ? inet.getAddress() : null;
        if ((address == null || address.isLoopbackAddress())
                && pattern.matcher(LOCALHOST).matches()) {
            return true;
        }
        if (address == null) {
            return false;
        }
        return network.length > 0
                ? isInNetwork(address.getAddress())
                : pattern.matcher(NetUtil.toAddressString(address)).matches();
    }

    private boolean isInNetwork(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        int whole = bits / 8;
        int mask = 0xff << (8 - bits % 8) & 0xff;
        return Arrays.equals(address, 0, whole, network, 0, whole)
                && (bits % 8 == 0 || (address[whole] & mask) == (network[whole] & mask));
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
