// SPDX-License-Identifier: Apache-2.0
/**
 * A client's session: its commands, its state, and the way of each command to a backend and back. Everything of one
 * session is confined to one event loop.
 *
 * <p>Read {@code Session} (commands), then {@code Relay} (the way of one command), then {@code SessionState} (what
 * follows the session from connection to connection).
 */
@NullMarked
package io.sluice.core.session;

import org.jspecify.annotations.NullMarked;
