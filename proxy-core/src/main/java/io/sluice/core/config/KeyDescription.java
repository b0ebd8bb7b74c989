// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

/**
 * A key as the reference shows it.
 *
 * @param path e.g. {@code pool.max_age}, {@code servers[].weight}
 * @param initial the default as one would write it
 * @param allowed the values allowed, in words
 */
public record KeyDescription(String path, String initial, String allowed, String meaning) {}
