// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration: immutable records nested as the YAML file is nested, and the small reader that fills them. Each key is
 * declared once, in the {@code read} method of its record, with type, default, range and meaning; {@link
 * io.sluice.core.config.SluiceConfig} is the entry. A file with mistakes yields all of them at once, each with its line, what
 * is wrong and what would be right.
 */
@NullMarked
package io.sluice.core.config;

import org.jspecify.annotations.NullMarked;
