// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.handshake;

import io.sluice.protocol.Capabilities;

/**
 * What a backend said of itself when it let us in.
 *
 * @param serverVersion its text as sent; MariaDB 10 puts "5.5.5-" in front
 * @param connectionId the thread id, for KILL
 * @param capabilities those that both sides have; the shape may be smaller than the one asked for
 * @param status server status after the login
 * @param collation the one sent. If it is not the one asked for, whose id was above 255, SET NAMES has to follow; so
 *     it does on MariaDB for MySQL's own collations such as 255, which it silently replaces.
 */
public record HandshakeResult(
        String serverVersion, long connectionId, Capabilities capabilities, int status, int collation, boolean tls) {}
