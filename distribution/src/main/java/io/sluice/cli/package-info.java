// SPDX-License-Identifier: Apache-2.0
/** The command line and the composition root: parses arguments, reads the configuration, starts and stops the proxy. */
@NullMarked
package io.sluice.cli;

import org.jspecify.annotations.NullMarked;
