// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.limit;

import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** A place in the queue of an {@link Allowance}. Granted by any event loop, given up by its owner's. */
public final class Turn {
    private enum State {
        WAITING,
        GRANTED,
        GIVEN_UP
    }

    private final Allowance allowance;
    private final EventLoop loop;
    private final Consumer<Turn> granted;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

    Turn(Allowance allowance, EventLoop loop, Consumer<Turn> granted) {
        this.allowance = allowance;
        this.loop = loop;
        this.granted = granted;
    }

    /** Tells the owner, on its own loop; false if it waits no more. */
    boolean grant() {
        if (!state.compareAndSet(State.WAITING, State.GRANTED)) {
            return false;
        }
        loop.execute(() -> granted.accept(this));
        return true;
    }

    /** The owner waits no more. If its turn had come, it is left to others, and the owner need not be told any more. */
    public void giveUp() {
        if (state.compareAndSet(State.WAITING, State.GIVEN_UP)) {
            allowance.forget(this);
        } else {
            allowance.leave();
        }
    }

    public Allowance allowance() {
        return allowance;
    }

    EventLoop loop() {
        return loop;
    }
}
