// SPDX-License-Identifier: Apache-2.0
/** What only the proxy can show: the split, causal reads, failover, crowds, bad input, its process and its limits. */
@NullMarked
package io.sluice.it.proxy;

import org.jspecify.annotations.NullMarked;
