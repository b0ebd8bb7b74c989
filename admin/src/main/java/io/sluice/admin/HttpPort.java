// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.ChannelGroupFuture;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.sluice.admin.dashboard.Dashboard;
import io.sluice.core.view.ProxyView;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Listens for HTTP. Pages that cost more than a glance are computed on one thread of its own. */
public final class HttpPort implements AutoCloseable {

    private static final int MAX_REQUEST_LINE = 4096;
    private static final int MAX_HEADERS = 16_384;
    private static final int MAX_BODY = 8192;
    private static final int MAX_CONNECTIONS = 128;
    private static final int MAX_WAITING = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Channel listener;
    private final ThreadPoolExecutor heavyWork;
    private final HttpPages pages;
    private final ChannelGroup connections;

    private HttpPort(Channel listener, ThreadPoolExecutor heavyWork, HttpPages pages, ChannelGroup connections) {
        this.connections = connections;
        this.pages = pages;
        this.listener = listener;
        this.heavyWork = heavyWork;
    }

    /**
     * Binds the port. The group has NIO event loops and is the caller's to close, as is the dashboard.
     *
     * @param dashboard null for none
     */
    public static HttpPort open(
            InetSocketAddress address,
            ProxyView view,
            PrometheusMeterRegistry registry,
            @Nullable Dashboard dashboard,
            EventLoopGroup loops)
            throws IOException {
        return open(address, view, registry, dashboard, loops, PATIENCE, true);
    }

    static HttpPort open(
            InetSocketAddress address,
            ProxyView view,
            PrometheusMeterRegistry registry,
            @Nullable Dashboard dashboard,
            EventLoopGroup loops,
            Duration patience,
            boolean shared)
            throws IOException {
        HttpPages pages = new HttpPages(view, registry, dashboard);
        ThreadPoolExecutor heavyWork = new ThreadPoolExecutor(
                1, 1, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(MAX_WAITING), HttpPort::thread);
        heavyWork.allowCoreThreadTimeOut(true);
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        Channel listener = Listening.on(address, "http.listen", shared, loops, MAX_CONNECTIONS, channel -> {
            connections.add(channel);
            channel.pipeline()
                    .addLast(new WriteTimeoutHandler(patience.toMillis(), TimeUnit.MILLISECONDS))
                    .addLast(new HttpServerCodec(MAX_REQUEST_LINE, MAX_HEADERS, MAX_BODY))
                    .addLast(new HttpObjectAggregator(MAX_BODY, true))
                    // Holds further requests back while one is being answered.
                    .addLast(new FlowControlHandler())
                    .addLast(new HttpExchange(pages, heavyWork, patience));
        });
        return new HttpPort(listener, heavyWork, pages, connections);
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "sluice-metrics");
        thread.setDaemon(true);
        return thread;
    }

    /** Where it listens, with the port that the system chose if the configured one was 0. */
    public SocketAddress address() {
        return listener.localAddress();
    }

    /** All other ports are open, too: from now on Sluice is ready as soon as its servers are. Any thread. */
    public void allOpen() {
        pages.allOpen();
    }

    /** Closes connections, too: those that clients keep would lead past a process that has taken over. */
    @Override
    public void close() {
        ChannelFuture unused = listener.close();
        ChannelGroupFuture unusedToo = connections.close();
        heavyWork.shutdown();
    }
}
