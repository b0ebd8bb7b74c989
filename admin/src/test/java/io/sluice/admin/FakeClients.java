// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.view.ProxyControl;
import io.sluice.protocol.SqlError;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Notes what it is told. There is a session 7. */
final class FakeClients implements ProxyControl, ProcessControl {
    final List<String> orders = new CopyOnWriteArrayList<>();

    @Override
    public void pause() {
        orders.add("pause");
    }

    @Override
    public void resume() {
        orders.add("resume");
    }

    @Override
    public CompletableFuture<@Nullable SqlError> kill(long session, boolean query) {
        orders.add("kill " + session + (query ? " query" : ""));
        return CompletableFuture.completedFuture(
                session == 7 ? null : new SqlError(1094, "HY000", "Unknown thread id: " + session));
    }

    @Override
    public void drain(Duration limit) {
        orders.add("drain " + limit);
    }

    @Override
    public void stop() {
        orders.add("stop");
    }

    @Override
    public void halt() {
        orders.add("halt");
    }
}
