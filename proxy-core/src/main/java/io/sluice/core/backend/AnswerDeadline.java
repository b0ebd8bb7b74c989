// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Until when a server has to answer. Confined to its event loop. */
final class AnswerDeadline {
    private @Nullable Future<?> running;

    /** Nothing happens if it runs already. */
    void begin(EventLoop loop, Duration limit, Consumer<String> late) {
        if (running == null) {
            long millis = limit.toMillis();
            Runnable over = () -> late.accept("the server did not answer within " + millis + " ms");
            running = loop.schedule(over, millis, TimeUnit.MILLISECONDS);
        }
    }

    void end() {
        if (running != null) {
            running.cancel(false);
            running = null;
        }
    }
}
