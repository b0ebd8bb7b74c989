// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

/** An enum whose members are written in the file as {@link #keyword()} says. */
interface Keyword {
    String keyword();
}
