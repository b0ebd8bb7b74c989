// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.sluice.core.backend.WaitingRequests.Opening;
import io.sluice.core.backend.WaitingRequests.Waiter;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.SqlError;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Flavor;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one event loop to one backend. Confined to that loop.
 *
 * <p>A connection is in one place at a time: idle (last in, first out, so that few stay warm), lingering (free to take,
 * but its last user may want its diagnostics; taken oldest first, and only when nothing is idle), leased, or on its way
 * in or out. Requests wait in order.
 */
public final class BackendPool {
    private static final Logger LOG = LoggerFactory.getLogger(BackendPool.class);

    private final BackendAddress address;
    private final EventLoop loop;
    private final Permits permits;
    PoolLimits limits;
    private final BackendConnector connector;
    private final BackendCounters counters;
    private final LongSupplier nanos;

    private final IdleConnections idle = new IdleConnections();
    private final LinkedHashSet<BackendConnection> lingering = new LinkedHashSet<>();
    private final WaitingRequests waiters = new WaitingRequests();
    private final OpeningPace pace;
    private final Map<BackendConnection, SessionVariables> baselines = new HashMap<>();
    private int open;
    private int leased;
    private boolean retired;

    public BackendPool(
            BackendAddress address,
            EventLoop loop,
            Permits permits,
            PoolLimits limits,
            BackendConnector connector,
            BackendCounters counters,
            LongSupplier nanos) {
        this.address = address;
        this.loop = loop;
        this.permits = permits;
        this.limits = limits;
        this.connector = connector;
        this.counters = counters;
        this.nanos = nanos;
        this.pace = new OpeningPace(loop, nanos, this::serveWaiters);
        permits.join(this);
    }

    /** Limits that take the place of those before; connections that are open keep their number of statements. */
    public void use(PoolLimits next) {
        limits = next;
    }

    public BackendAddress address() {
        return address;
    }

    public int limit() {
        return permits.limit();
    }

    /**
     * Leases a connection, at once if one is idle.
     *
     * @return the connection, or null if the request now waits and gets its answer by a call
     */
    public @Nullable BackendConnection lease(LeaseRequest request) {
        assert loop.inEventLoop();
        BackendConnection connection = idle.takeFor(request);
        if (connection != null) {
            return handOut(connection, request);
        }
        if (waiters.size() >= limits.maxWaiters()) {
            String cause = "more than " + limits.maxWaiters() + " sessions already wait for a connection to " + address;
            loop.execute(() -> request.leaseFailed(this, new ConnectFailure(cause, null, true)));
            return null;
        }
        boolean admitted = pace.admits();
        if (admitted && permits.tryAcquire()) {
            open(enqueue(request));
            return null;
        }
        connection = takeLingering(request);
        if (connection != null) {
            return handOut(connection, request);
        }
        enqueue(request);
        if (admitted) {
            seekPermit();
        }
        return null;
    }

    /** Leases a connection again if nobody has used it since it was given back with that many uses. */
    public boolean takeBack(BackendConnection connection, long uses, LeaseRequest request) {
        if (connection.uses() != uses || !idle.remove(connection)) {
            return false;
        }
        handOut(connection, request);
        return true;
    }

    /** Withdraws a request; it gets no answer. False if it was not waiting any more. */
    public boolean cancel(LeaseRequest request) {
        boolean waited = waiters.remove(request);
        if (waited) {
            noteServed();
        }
        return waited;
    }

    void release(BackendConnection connection) {
        assert loop.inEventLoop();
        endLease(connection);
        if (!connection.isUsable()) {
            return;
        }
        if (connection.isDirty()) {
            reset(connection);
        } else {
            offer(connection);
        }
    }

    void linger(BackendConnection connection) {
        if (retired || !connection.isUsable() || !waiters.isEmpty() || permits.isWantedByOtherThan(this)) {
            LeaseHolder holder = Objects.requireNonNull(connection.holder());
            release(connection);
            holder.lingeringEnded(connection);
            return;
        }
        leased(-1);
        connection.setIdleSinceNanos(nanos.getAsLong());
        lingering.add(connection);
    }

    void reclaim(BackendConnection connection) {
        boolean was = lingering.remove(connection);
        assert was : "not lingering";
        leased(1);
    }

    /** Called from any thread when a permit came back that this pool wants: it is this pool's now, to use or give back. */
    void permitGranted() {
        loop.execute(() -> {
            Waiter waiter = waiters.firstWithoutOpening();
            if (waiter == null) {
                permits.release();
            } else {
                open(waiter);
                serveWaiters();
            }
        });
    }

    /** Called from any thread when another loop has run dry: one idle connection here is one too many. */
    void permitWanted() {
        loop.execute(() -> {
            if (waiters.isEmpty() && permits.isWantedByOtherThan(this)) {
                evictOne();
            }
        });
    }

    /**
     * What the server gives to connections at their start has changed, such as privileges: no session gets one, here
     * or on other loops, that was opened before. Those in use go on.
     */
    public void outdate() {
        permits.outdate();
    }

    /** Called from any thread. */
    void outdated() {
        loop.execute(this::tidy);
    }

    /** Closes what has been idle for too long, or is too old. Called now and then on the loop. */
    public void tidy() {
        long now = nanos.getAsLong();
        idle.removeIf(connection -> closeIfExpired(connection, now));
        for (BackendConnection connection : List.copyOf(lingering)) {
            if (connection.isExpired(limits, now)) {
                endLingering(connection);
                connection.discard();
            }
        }
    }

    /**
     * The server is no longer one of ours: closes all that is free and, from now on, whatever is given back. Who waits is
     * still served, and so is who asks by an older decision.
     */
    public void retire() {
        retired = true;
        permits.leave(this);
        List<BackendConnection> all = idle.all();
        all.addAll(lingering);
        all.forEach(BackendConnection::discard);
    }

    public boolean isRetired() {
        return retired;
    }

    /** Whether nobody has anything here, or waits for it. */
    public boolean isEmpty() {
        return open == 0 && waiters.isEmpty();
    }

    /** Gives up such connections, also those in use, whose holders learn why. */
    public void abandon(Predicate<BackendConnection> which, String cause) {
        for (BackendConnection connection : List.copyOf(baselines.keySet())) {
            if (which.test(connection)) {
                PeerTimeout.forgetUnsent(connection.channel());
                connection.lose(cause);
            }
        }
    }

    // ---- the pool's own business

    private @Nullable BackendConnection takeLingering(LeaseRequest request) {
        for (BackendConnection connection : lingering) {
            if (connection.canServe(request)
                    && !connection.isDirty()
                    && !connection.age().isOutdated(permits)) {
                endLingering(connection);
                return connection;
            }
        }
        return null;
    }

    private void endLingering(BackendConnection connection) {
        lingering.remove(connection);
        LeaseHolder holder = connection.holder();
        connection.setHolder(null);
        if (holder != null) {
            holder.lingeringEnded(connection);
        }
    }

    private BackendConnection handOut(BackendConnection connection, LeaseRequest request) {
        connection.setHolder(request);
        connection.countUse();
        connection.setIdleSinceNanos(0); // a long lease is no idleness
        leased(1);
        return connection;
    }

    private void endLease(BackendConnection connection) {
        connection.setHolder(null);
        leased(-1);
    }

    private void leased(int more) {
        leased += more;
        counters.leased.add(more);
    }

    /** Commands that a connection serves or that wait for one; a session that keeps its connection counts as one. */
    public int busy() {
        return leased + waiters.size();
    }

    private Waiter enqueue(LeaseRequest request) {
        counters.waiting.increment();
        return waiters.add(request);
    }

    private void dequeue(Waiter waiter) {
        waiters.remove(waiter);
        noteServed();
    }

    /** A permit that nobody waits for must not cost another pool, or this one, a connection. */
    private void noteServed() {
        counters.waiting.decrement();
        if (waiters.isEmpty()) {
            permits.wantNoMore(this);
        }
    }

    /** Gives a clean, free connection to whoever needs it most. */
    private void offer(BackendConnection connection) {
        if (!connection.isUsable() || closeIfExpired(connection, nanos.getAsLong())) {
            connection.discard();
            return;
        }
        if (permits.isWantedByOtherThan(this) && (waiters.isEmpty() || open > permits.fairShare())) {
            connection.discard();
            return;
        }
        Waiter waiter = waiters.firstFor(connection);
        if (waiter != null) {
            dequeue(waiter);
            waiter.request.leased(handOut(connection, waiter.request));
            return;
        }
        if (retired || (!pace.isHolding() && waiters.firstWithoutOpening() != null)) {
            // They cannot use it; forget() opens one for them with the permit.
            connection.discard();
            return;
        }
        connection.setIdleSinceNanos(nanos.getAsLong());
        idle.push(connection);
    }

    /** There is none left for who waits: one of our own, or of another loop, has to go. */
    private void seekPermit() {
        if (!evictOne()) {
            permits.want(this);
        }
    }

    /** Closes a free connection that the one who waits cannot use; its permit then serves the waiter. */
    private boolean evictOne() {
        BackendConnection oldest = idle.takeOldest();
        if (oldest != null) {
            oldest.discard();
            return true;
        }
        for (BackendConnection connection : lingering) {
            endLingering(connection);
            connection.discard();
            return true;
        }
        return false;
    }

    private void serveWaiters() {
        Waiter waiter = waiters.firstWithoutOpening();
        while (waiter != null && pace.admits()) {
            if (!permits.tryAcquire()) {
                seekPermit();
                return;
            }
            open(waiter);
            waiter = waiters.firstWithoutOpening();
        }
    }

    private void open(Waiter waiter) {
        Opening opening = waiters.open(waiter);
        open++;
        pace.begin();
        PoolKey key = opening.key;
        int outdatings = permits.outdatings();
        connector.connect(loop, address, key, new BackendConnector.Outcome() {
            @Override
            public void connected(Channel channel, long threadId, Flavor flavor, Capabilities capabilities) {
                counters.opened.increment();
                BackendConnection connection = new BackendConnection(
                        channel,
                        BackendPool.this,
                        key,
                        threadId,
                        flavor,
                        capabilities,
                        limits.maxPreparedStatements(),
                        new ConnectionAge(nanos.getAsLong(), threadId, outdatings));
                channel.pipeline().addLast("connection", connection);
                setUp(connection, opening);
            }

            @Override
            public void failed(ConnectFailure failure) {
                counters.failed.increment();
                open--;
                permits.release();
                fail(opening, failure);
                if (pace.isHolding() && failure.error() == null) {
                    waiters.withoutOpening().forEach(waiter -> fail(waiter, failure)); // it would be the same for them
                }
                serveWaiters();
            }
        });
    }

    private void fail(Opening opening, ConnectFailure failure) {
        pace.end();
        Waiter waiter = opening.end();
        if (waiter != null) {
            fail(waiter, failure);
        }
    }

    private void fail(Waiter waiter, ConnectFailure failure) {
        dequeue(waiter);
        waiter.request.leaseFailed(this, failure);
    }

    private void setUp(BackendConnection connection, Opening opening) {
        ByteBufAllocator allocator = connection.channel().alloc();
        connection.send(
                SessionSetup.query(allocator, SessionSetup.trackEverything(connection.flavor())),
                new SessionSetup.Step(
                        connection,
                        (c, error) -> setUpFailed(c, opening, error),
                        (c, cause) -> fail(opening, new ConnectFailure(cause, null))));
        connection.send(
                SessionSetup.query(allocator, SessionSetup.BASELINE),
                new SessionSetup.Step(
                        connection,
                        (c, error) -> {
                            if (setUpFailed(c, opening, error)) {
                                return;
                            }
                            baselines.put(c, c.variables());
                            c.adopt(SessionVariables.NONE);
                            opening.end();
                            pace.end();
                            offer(c);
                            serveWaiters(); // it may have gone to another than it was opened for
                        },
                        (c, cause) -> fail(opening, new ConnectFailure(cause, null))));
        connection.flush();
        connection.answerWithin(limits.setupTimeout());
    }

    private boolean setUpFailed(BackendConnection connection, Opening opening, @Nullable SqlError error) {
        if (error == null) {
            return false;
        }
        LOG.warn("backend={} setup_failed=\"{}\"", address, error);
        fail(opening, new ConnectFailure("the server refuses the session trackers: " + error.message(), error));
        connection.discard();
        return true;
    }

    private void reset(BackendConnection connection) {
        counters.resets.increment();
        sendReset(
                connection,
                (c, error) -> {
                    if (error == null) {
                        offer(c);
                    }
                },
                (c, cause) -> {});
        connection.flush();
        connection.answerWithin(limits.setupTimeout());
    }

    /** Sends, without a flush, what makes the connection as new. */
    void sendReset(
            BackendConnection connection,
            BiConsumer<BackendConnection, @Nullable SqlError> done,
            BiConsumer<BackendConnection, String> lost) {
        ConnectionReset.send(connection, baselines.getOrDefault(connection, SessionVariables.NONE), done, lost);
    }

    /** The connection is closed, by us or by the server. */
    void forget(BackendConnection connection, boolean onPurpose) {
        (onPurpose ? counters.closed : counters.lost).increment();
        open--;
        baselines.remove(connection);
        boolean wasIdle = idle.remove(connection);
        if (lingering.contains(connection)) {
            endLingering(connection);
        } else if (!wasIdle && connection.holder() != null) {
            endLease(connection);
        }
        permits.release();
        serveWaiters();
    }

    private boolean closeIfExpired(BackendConnection connection, long now) {
        if (connection.age().isOutdated(permits) || connection.isExpired(limits, now)) {
            connection.discard();
            return true;
        }
        return false;
    }
}
