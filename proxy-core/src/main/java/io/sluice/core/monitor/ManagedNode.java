// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the tables of a managed service say of one of its servers, where there is no replication as MySQL knows it: its
 * servers share their storage, which lets one of them write.
 */
interface ManagedNode {

    /** What such servers form, for people. */
    String cluster();

    /** How the service calls this server. */
    String name();

    /** How the service calls the server that takes writes, as far as this one knows; empty if it knows none. */
    String writer();

    /** How far its reads may be behind what was written; null if it does not tell. */
    @Nullable
    Duration lag();

    /** Whether it takes writes, by its own word. */
    default boolean isWriter() {
        return name().equals(writer());
    }
}
