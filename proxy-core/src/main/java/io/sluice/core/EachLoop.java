// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import io.sluice.core.session.LoopScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the event loops, for those who are not on one of them. Thread-safe. */
final class EachLoop {
    private static final Logger LOG = LoggerFactory.getLogger(EachLoop.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final LiveState live;

    EachLoop(LiveState live) {
        this.live = live;
    }

    /** For what may be read from any thread. */
    List<LoopScope> scopes() {
        return live.scopes();
    }

    /** Waits for all answers; a loop that does not answer in time is left out, and said so. */
    <T> List<T> ask(Function<LoopScope, T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (LoopScope scope : live.scopes()) {
            answers.add(CompletableFuture.supplyAsync(() -> question.apply(scope), scope.loop()));
        }
        List<T> all = new ArrayList<>();
        for (CompletableFuture<T> answer : answers) {
            try {
                all.add(answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
            } catch (TimeoutException e) {
                LOG.warn("event=loop_silent waited_ms={}", TIMEOUT.toMillis());
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return all;
            }
        }
        return all;
    }
}
