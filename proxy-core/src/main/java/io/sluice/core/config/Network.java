// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** A network of IP addresses as {@code address/bits}. */
public final class Network {
    private final String text;
    private final IpSubnetFilterRule rule;

    private Network(String text, InetAddress address, int bits) {
        this.text = text;
        this.rule = new IpSubnetFilterRule(address, bits, IpFilterRuleType.ACCEPT);
    }

    /** Reads {@code 10.1.0.0/16}, {@code fd00::/8}, or an address alone; names are not looked up. */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        String bits = slash < 0 ? "" : text.substring(slash + 1);
        if (bytes == null || (slash >= 0 && !bits.matches("[0-9]{1,3}"))) {
            throw new IllegalArgumentException("not a network: " + text);
        }
        try {
            InetAddress parsed = InetAddress.getByAddress(bytes);
            return new Network(text, parsed, slash < 0 ? 8 * parsed.getAddress().length : Integer.parseInt(bits));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not a network: " + text, e);
        }
    }

    public boolean contains(InetSocketAddress address) {
        return rule.matches(address);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network that && text.equals(that.text);
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
