// SPDX-License-Identifier: Apache-2.0
/**
 * Who may log in: the users of the configuration and, unless switched off, the accounts that the servers have. Knows
 * passwords and who asks the servers about them; knows nothing of channels, sessions and pools. All types may be used
 * from any event loop.
 */
@NullMarked
package io.sluice.core.account;

import org.jspecify.annotations.NullMarked;
