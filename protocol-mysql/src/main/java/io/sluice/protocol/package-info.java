// SPDX-License-Identifier: Apache-2.0
/**
 * The values of the MySQL client/server protocol that both directions share: capability flags, server status flags,
 * command codes and errors. Numbers and names follow the manual, "MySQL Source Code Documentation: Client/Server
 * Protocol".
 */
@NullMarked
package io.sluice.protocol;

import org.jspecify.annotations.NullMarked;
