// SPDX-License-Identifier: Apache-2.0
/**
 * Authentication of the connection phase in both roles: as the server towards clients, as the client towards
 * backends. Knows scrambles, digests and RSA; knows nothing of packets around them, channels or accounts' storage.
 */
@NullMarked
package io.sluice.protocol.auth;

import org.jspecify.annotations.NullMarked;
