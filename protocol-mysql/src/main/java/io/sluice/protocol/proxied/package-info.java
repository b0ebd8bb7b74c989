// SPDX-License-Identifier: Apache-2.0
/**
 * The PROXY protocol, by which one proxy tells the next whose connection it passes on: a header before the first byte of
 * MySQL's own protocol. Netty's codec knows its form; here is what it means for a connection.
 */
@NullMarked
package io.sluice.protocol.proxied;

import org.jspecify.annotations.NullMarked;
