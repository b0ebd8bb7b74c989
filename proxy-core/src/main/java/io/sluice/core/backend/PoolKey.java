// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.sluice.protocol.Shape;
import io.sluice.protocol.auth.Password;

/**
 * What a connection cannot change after its handshake, hence must fit the session that leases it.
 *
 * @param password compared by identity: a reloaded configuration makes new connections
 * @param collation the id that the client named in its handshake; the server derives the session's charsets from it
 */
public record PoolKey(String user, Password password, Shape shape, int collation) {}
