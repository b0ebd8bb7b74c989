// SPDX-License-Identifier: Apache-2.0
/**
 * Finds servers by what those that are known say of others: whom they replicate from, who replicates from them, who is in
 * their group or Galera cluster. Works on a thread of its own; nothing here is on the way of a statement.
 */
@NullMarked
package io.sluice.core.discovery;

import org.jspecify.annotations.NullMarked;
