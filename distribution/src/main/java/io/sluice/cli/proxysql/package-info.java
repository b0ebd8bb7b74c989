// SPDX-License-Identifier: Apache-2.0
/**
 * Reads configurations of ProxySQL: {@code LibconfigReader} and {@code DumpReader} make an {@code Origin} of the two forms
 * in which there are some, {@code Translation} makes a configuration of Sluice of that.
 */
@NullMarked
package io.sluice.cli.proxysql;

import org.jspecify.annotations.NullMarked;
