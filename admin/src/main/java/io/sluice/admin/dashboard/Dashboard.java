// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.dashboard;

import io.netty.util.NetUtil;
import io.sluice.core.config.HttpSettings.Audience;
import io.sluice.core.view.ProxyView;
import io.sluice.core.view.StatisticsView;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dashboard: a page, its style and script, and the JSON that the script asks for every two seconds. Nothing comes
 * from elsewhere, and nothing can be changed by it.
 */
public final class Dashboard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);

    private final Audience audience;
    private final DashboardState state;
    private final Samples samples;
    private final ScheduledExecutorService sampler;

    private Dashboard(Audience audience, DashboardState state, Samples samples) {
        this.audience = audience;
        this.state = state;
        this.samples = samples;
        this.sampler = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sluice-dashboard");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins to take samples. Null if nobody is to see it. */
    public static @Nullable Dashboard open(
            Audience audience, ProxyView view, StatisticsView statistics, String version) {
        if (audience == Audience.OFF) {
            return null;
        }
        Samples samples = new Samples(view, statistics);
        DashboardState state = new DashboardState(view, statistics, samples, version, Clock.systemUTC());
        Dashboard dashboard = new Dashboard(audience, state, samples);
        long interval = Samples.INTERVAL.toMillis();
        dashboard.sampler.scheduleWithFixedDelay(dashboard::sample, 0, interval, TimeUnit.MILLISECONDS);
        return dashboard;
    }

    private void sample() {
        try {
            samples.take(System.currentTimeMillis(), System.nanoTime());
        } catch (RuntimeException bug) {
            LOG.error("event=dashboard_bug effect=\"a sample is missing\"", bug);
        }
    }

    /**
     * Whether a browser may see it.
     *
     * @param host what the request calls this host. Browsers on this host can be led here by the name of a foreign
     *     site, whose script would then read along, so that for them no name but localhost will do
     */
    public boolean admits(SocketAddress client, @Nullable String host) {
        if (audience == Audience.ANYONE) {
            return true;
        }
        return client instanceof InetSocketAddress address
                && address.getAddress().isLoopbackAddress()
                && (host == null || isLocal(host));
    }

    private static boolean isLocal(String host) {
        String name = host.replaceFirst(":[0-9]*$", "").replaceAll("[\\[\\]]", "");
        return name.equalsIgnoreCase("localhost")
                || NetUtil.isValidIpV4Address(name)
                || NetUtil.isValidIpV6Address(name);
    }

    /** A file of the page: {@code index.html} and what it names. */
    public static String file(String name) {
        try (InputStream in = Objects.requireNonNull(Dashboard.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is to be seen now. Asks the event loops, so call it on none. */
    public String json() {
        return state.json();
    }

    @Override
    public void close() {
        sampler.shutdown();
    }
}
