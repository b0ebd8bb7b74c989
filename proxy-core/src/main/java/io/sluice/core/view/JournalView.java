// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.view;

/**
 * What has become of the lines of a log file.
 *
 * @param name queries or clients
 */
public record JournalView(String name, long written, long dropped) {}
