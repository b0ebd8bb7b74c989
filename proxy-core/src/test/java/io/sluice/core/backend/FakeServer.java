// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.sluice.protocol.Capabilities;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Flavor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A MySQL server of a few hundred lines, past the login, on a {@link TestLoop}: it keeps transactions, variables,
 * schemas and prepared statements as a server does, answers a SELECT with its own name, and misbehaves on demand.
 */
public final class FakeServer {
    private final TestLoop loop;
    private final BackendAddress address;
    private final LocalAddress local = new LocalAddress(FakeServer.class);
    private final Map<String, ArrayDeque<Answer>> once = new HashMap<>();
    private final Map<String, Answer> always = new HashMap<>();
    private final Map<String, ArrayDeque<Integer>> cuts = new HashMap<>();
    private final List<FakeConnection> connections = new ArrayList<>();
    private final ArrayDeque<PoolKey> connecting = new ArrayDeque<>();
    private final List<Runnable> heldConnects = new ArrayList<>();
    private @Nullable ConnectFailure refusal;
    private final Map<String, @Nullable ConnectFailure> refusals = new HashMap<>();
    private final Set<String> late = new HashSet<>();
    private boolean holdsConnects;
    private boolean holds;
    private boolean readOnly;
    private boolean knowsAttributes = true;
    private Flavor flavor = Flavor.MYSQL;
    private UnaryOperator<byte[]> falsifier = UnaryOperator.identity();
    private int chunkBytes = Integer.MAX_VALUE;
    private int attempts;

    public FakeServer(TestLoop loop, String name) {
        this.loop = loop;
        this.address = new BackendAddress(name, 3306);
        new ServerBootstrap()
                .group(loop.loop())
                .channel(LocalServerChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        PoolKey key = connecting.remove();
                        FakeConnection connection = new FakeConnection(FakeServer.this, channel, granted(key));
                        connections.add(connection);
                        channel.pipeline().addLast(connection);
                    }
                })
                .bind(local);
        loop.settle();
    }

    public BackendAddress address() {
        return address;
    }

    // ---- the script

    /** What to say to this text, each time. */
    public FakeServer on(String sql, Answer answer) {
        always.put(sql, answer);
        return this;
    }

    /** What to say to this text, one time; more of them queue up. */
    public FakeServer once(String sql, Answer answer) {
        once.computeIfAbsent(sql, text -> new ArrayDeque<>()).add(answer);
        return this;
    }

    /** Next time this text comes, breaks off the connection after so many bytes of the answer. */
    public FakeServer cut(String sql, int afterBytes) {
        cuts.computeIfAbsent(sql, text -> new ArrayDeque<>()).add(afterBytes);
        return this;
    }

    /** Connects fail from now on; with null they succeed again. */
    public void refuse(@Nullable ConnectFailure failure) {
        refusal = failure;
    }

    /** So do those of that user. */
    public void refuse(String user, ConnectFailure failure) {
        refusals.put(user, failure);
    }

    public void holdConnects(boolean on) {
        holdsConnects = on;
        if (!on) {
            List<Runnable> held = List.copyOf(heldConnects);
            heldConnects.clear();
            held.forEach(Runnable::run);
        }
    }

    /** Lets one of the held connects go on, by its place among them. */
    public void letConnect(int index) {
        heldConnects.remove(index).run();
    }

    /** Takes commands, but says nothing until switched off again. */
    public void hold(boolean on) {
        holds = on;
        if (!on) {
            connections.forEach(FakeConnection::speak);
        }
    }

    /** Is another server to new connections. */
    public void be(Flavor other) {
        flavor = other;
    }

    /** Speaks to new connections as a server without CLIENT_QUERY_ATTRIBUTES. */
    public void knowsNoAttributes() {
        knowsAttributes = false;
    }

    /** Says nothing to this text by itself: {@link FakeConnection#sayLate} does. */
    public FakeServer late(String sql) {
        late.add(sql);
        return this;
    }

    boolean isLate(String sql) {
        return late.contains(sql);
    }

    /** Refuses writes as a replica does. */
    public void readOnly(boolean on) {
        readOnly = on;
    }

    /** Sends answers in pieces of this size. */
    public void sendInPiecesOf(int bytes) {
        chunkBytes = bytes;
    }

    /** Changes the bytes of every answer from now on. */
    public void falsify(UnaryOperator<byte[]> change) {
        falsifier = change;
    }

    // ---- what happened

    /** All connections ever opened, in order. */
    public List<FakeConnection> connections() {
        return connections;
    }

    public FakeConnection connection(int index) {
        return connections.get(index);
    }

    public List<FakeConnection> openConnections() {
        return connections.stream().filter(FakeConnection::isOpen).toList();
    }

    /** The commands of all connections, without those by which Sluice sets connections up. */
    public List<String> commands() {
        return connections.stream()
                .flatMap(connection -> connection.commands().stream())
                .toList();
    }

    public int connectAttempts() {
        return attempts;
    }

    // ---- for the connections

    @Nullable
    Answer scripted(String sql) {
        ArrayDeque<Answer> next = once.get(sql);
        if (next != null && !next.isEmpty()) {
            return next.remove();
        }
        return always.get(sql);
    }

    @Nullable
    Integer cut(String sql) {
        ArrayDeque<Integer> next = cuts.get(sql);
        return next == null ? null : next.poll();
    }

    boolean isHolding() {
        return holds;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    byte[] falsified(byte[] answer) {
        return falsifier.apply(answer);
    }

    int chunkBytes() {
        return chunkBytes;
    }

    /** A connector that finds each of these servers under its address. */
    public static BackendConnector connector(FakeServer... servers) {
        Map<BackendAddress, FakeServer> byAddress = new HashMap<>();
        for (FakeServer server : servers) {
            byAddress.put(server.address(), server);
        }
        return (loop, address, key, alone, outcome) -> byAddress.get(address).connect(key, outcome);
    }

    private Capabilities granted(PoolKey key) {
        Capabilities asked = new Capabilities(key.shape().bits());
        return knowsAttributes ? asked : asked.without(Capabilities.CLIENT_QUERY_ATTRIBUTES);
    }

    private void connect(PoolKey key, BackendConnector.Outcome outcome) {
        attempts++;
        Runnable attempt = () -> {
            ConnectFailure failure = refusals.getOrDefault(key.user(), refusal);
            if (failure != null) {
                outcome.failed(failure);
                return;
            }
            connecting.add(key);
            ChannelFuture opened = new Bootstrap()
                    .group(loop.loop())
                    .channel(LocalChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(local);
            opened.addListener(done -> loop.loop().execute(() -> {
                int threadId = connections.size();
                outcome.connected(opened.channel(), threadId, flavor, granted(key));
            }));
        };
        loop.loop().execute(() -> {
            if (holdsConnects) {
                heldConnects.add(attempt);
            } else {
                attempt.run();
            }
        });
    }
}
