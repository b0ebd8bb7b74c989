// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.account;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * As whom a server takes a client.
 *
 * @param host where servers see the client, on which it depends whose account that is; null if they see Sluice alone
 */
record Identity(String user, @Nullable InetAddress host) {}
