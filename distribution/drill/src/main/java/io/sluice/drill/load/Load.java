// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.load;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.ServerFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Writers and readers at work until they are stopped. One thread orders it about. */
public final class Load implements AutoCloseable {
    private static final int FIRST_ANSWERS = 10;
    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(40);

    private final List<Client> clients = new ArrayList<>();
    private final Collection<Call> calls = new ConcurrentLinkedQueue<>();
    private volatile boolean stopped;
    private long startedNanos;
    private long stoppedNanos;

    /**
     * @param table with {@link Row#COLUMNS}, and nothing in it
     * @param rest of each client after each turn
     */
    public Load(Access access, String table, int writers, int readers, Duration rest) {
        for (int i = 1; i <= writers; i++) {
            clients.add(new Client(access, table, i, true, rest, () -> stopped, calls));
        }
        for (int i = 1; i <= readers; i++) {
            clients.add(new Client(access, table, i, false, rest, () -> stopped, calls));
        }
    }

    /** Returns when each client has had its first answers; from then on counts what depends on time. */
    public void start(Duration limit) {
        clients.forEach(Thread::start);
        awaitProgress(FIRST_ANSWERS, limit);
        startedNanos = System.nanoTime();
    }

    /** Waits until each client has ended so many more statements without an error. */
    public void awaitProgress(int statements, Duration limit) {
        int[] before = clients.stream().mapToInt(Client::succeeded).toArray();
        await(
                "each client gets " + statements + " more answers",
                limit,
                () -> IntStream.range(0, before.length)
                        .allMatch(i -> clients.get(i).succeeded() >= before[i] + statements));
    }

    /** Waits until a write that began after that moment has succeeded. */
    public void awaitWriteSince(long nanos, Duration limit) {
        await(
                "a write succeeds again",
                limit,
                () -> clients.stream().anyMatch(client -> client.lastWriteBeganNanos() - nanos > 0 && client.writes()));
    }

    private void await(String what, Duration limit, Await.Condition condition) {
        try {
            Await.until(what, limit, condition);
        } catch (ServerFailure e) {
            String error = calls.stream()
                    .filter(Call::failed)
                    .reduce((first, second) -> second)
                    .map(call -> "; the last error of a client: " + call.error() + " " + call.message())
                    .orElse("");
            throw new ServerFailure(e.getMessage() + error, e);
        }
    }

    /** Lets each client end its statement, and waits for that. */
    @Override
    public void close() {
        stopped = true;
        long deadline = System.currentTimeMillis() + STOP_MILLIS;
        try {
            for (Client client : clients) {
                client.join(Math.max(1, deadline - System.currentTimeMillis()));
                if (client.isAlive()) {
                    throw new ServerFailure(client.getName() + " hangs in a statement");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailure("interrupted while clients end", e);
        } finally {
            stoppedNanos = System.nanoTime();
        }
    }

    /** Of a load that is closed. */
    public Recording recording() {
        int writers = (int) clients.stream().filter(Client::writes).count();
        int lost = clients.stream().mapToInt(Client::lost).sum();
        return new Recording(writers, clients.size() - writers, startedNanos, stoppedNanos, List.copyOf(calls), lost);
    }
}
