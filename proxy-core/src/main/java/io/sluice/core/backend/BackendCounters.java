// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import java.util.concurrent.atomic.LongAdder;

/** What happened to the connections of one backend since the start, over all event loops. Thread-safe. */
public final class BackendCounters {
    public final LongAdder opened = new LongAdder();
    public final LongAdder closed = new LongAdder();
    public final LongAdder lost = new LongAdder();
    public final LongAdder failed = new LongAdder();
    public final LongAdder resets = new LongAdder();
    public final LongAdder leased = new LongAdder();
    public final LongAdder waiting = new LongAdder();
}
