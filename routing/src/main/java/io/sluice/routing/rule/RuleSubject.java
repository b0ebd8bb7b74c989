// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.rule;

/**
 * What rules may ask about a session, and what stays the same for all of it.
 *
 * @param proxyAddress where the client connected to
 */
public record RuleSubject(String user, String clientAddress, String proxyAddress, int proxyPort) {
    /** Nobody in particular: rules that ask do not match. */
    public static final RuleSubject NOBODY = new RuleSubject("", "", "", 0);
}
