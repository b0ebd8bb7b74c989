// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.sluice.admin.AdminPort;
import io.sluice.admin.FirstPassword;
import io.sluice.admin.HistogramMetrics;
import io.sluice.admin.HttpPort;
import io.sluice.admin.ProcessControl;
import io.sluice.admin.RegistryConfig;
import io.sluice.admin.dashboard.Dashboard;
import io.sluice.admin.sql.Sight;
import io.sluice.core.ConfigReload;
import io.sluice.core.Proxy;
import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.metrics.LimitMetrics;
import io.sluice.core.metrics.ParserMetrics;
import io.sluice.core.metrics.ProcessMetrics;
import io.sluice.core.metrics.ProxyMetrics;
import io.sluice.core.metrics.RuleMetrics;
import io.sluice.core.metrics.ServerMetrics;
import io.sluice.core.metrics.ViewMetrics;
import io.sluice.core.view.ServerControl.Refused;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The composition root: the proxy with its admin and HTTP ports, on the real clock and real randomness. */
final class RunningProxy implements Composition, ProcessControl {
    private static final Logger LOG = LoggerFactory.getLogger(RunningProxy.class);

    /** For the answer to the last statement. */
    private static final long ANSWER_MILLIS = 100;

    private final Proxy proxy;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ConfigReload configuration;
    private @Nullable AdminPort admin;
    private String addresses = "";
    private CompletionStage<Void> replaced = new CompletableFuture<>();

    private RunningProxy(Proxy proxy, ConfigReload configuration) {
        this.proxy = proxy;
        this.configuration = configuration;
    }

    static RunningProxy start(ConfigFile file, Start start) throws IOException {
        SluiceConfig config = file.atStart();
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(new RegistryConfig());
        Proxy proxy =
                new Proxy(config, new ProxyMetrics(registry), Instant.now(), System::nanoTime, RunningProxy::randomFor);
        RunningProxy running = new RunningProxy(
                proxy, new ConfigReload(file, proxy.servers(), proxy.rules(), proxy.users(), proxy.settings()));
        try {
            running.open(config, start, registry);
            return running;
        } catch (IOException | RuntimeException e) {
            running.close();
            throw e;
        }
    }

    /** Scrambles must not be guessed; balancing needs no more than a spread. */
    private static RandomGenerator randomFor(String purpose) {
        return purpose.equals("scrambles") ? new SecureRandom() : new SplittableRandom();
    }

    private void open(SluiceConfig config, Start start, PrometheusMeterRegistry registry) throws IOException {
        parts.push(proxy);
        ViewMetrics.register(proxy, registry);
        ViewMetrics.register(proxy.statistics(), registry);
        HistogramMetrics.register(registry, proxy.statistics());
        ProcessMetrics.register(registry);
        proxy.servers().watch(new ServerMetrics(proxy, proxy::counters, registry));
        proxy.structures().ifPresent(structures -> ParserMetrics.register(registry, structures));
        proxy.rules().watch(new RuleMetrics(registry));
        LimitMetrics.register(registry, proxy.limits());
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("sluice-admin", true), NioIoHandler.newFactory());
        parts.push(() -> loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly());
        Dashboard dashboard = Dashboard.open(config.http().dashboard(), proxy, proxy.statistics(), Version.text());
        if (dashboard != null) {
            parts.push(dashboard);
        }
        HttpPort http = HttpPort.open(config.http().listen().toSocketAddress(), proxy, registry, dashboard, loops);
        parts.push(http);
        // What the admin port's database puts in force comes first; and until all that may fail is done, the process
        // that
        // is to be replaced serves.
        openAdmin(config, start.initial(), registry, loops);
        proxy.watch(start.takeover());
        if (start.takeover()) {
            proxy.takeOver();
        } else {
            proxy.listen();
        }
        http.allOpen();
        addresses = "mysql=" + proxy.addresses() + " admin=" + (admin == null ? "off" : text(admin.address()))
                + " http=" + text(http.address());
        replaced = proxy.offer(() -> {
            http.close();
            if (admin != null) {
                admin.close();
            }
        });
    }

    private void openAdmin(SluiceConfig config, boolean initial, PrometheusMeterRegistry registry, EventLoopGroup loops)
            throws IOException {
        admin = AdminPort.open(
                config.admin().listen().toSocketAddress(),
                FirstPassword.users(config),
                new Sight(
                        proxy,
                        proxy.statistics(),
                        config,
                        proxy.rules(),
                        proxy.users(),
                        configuration,
                        initial,
                        registry),
                new AdminPort.Controls(proxy.servers(), proxy.serverControl(), proxy.clients(), this),
                Version.text(),
                proxy.clientTls(),
                proxy.rsaKeys(),
                loops);
        if (admin != null) {
            parts.push(admin);
        }
    }

    private static String text(SocketAddress address) {
        return NetUtil.toSocketAddressString((InetSocketAddress) address);
    }

    @Override
    public String addresses() {
        return addresses;
    }

    /** By way of the admin port, if it is open: its tables follow. */
    @Override
    public void reload() {
        LOG.info("event=sighup");
        if (admin != null) {
            admin.reload("SIGHUP");
            return;
        }
        try {
            configuration.reload();
        } catch (Refused refused) {
            LOG.error("event=config_refused changed=nothing why=\"{}\"", refused.getMessage());
        }
    }

    /** By way of the shutdown hook, which drains. */
    @Override
    public void stop() {
        LOG.info("event=stop_asked by=admin_port");
        new Thread(() -> System.exit(0), "sluice-stop").start();
    }

    @Override
    public void halt() {
        LOG.warn("event=halted by=admin_port");
        CompletableFuture.delayedExecutor(ANSWER_MILLIS, TimeUnit.MILLISECONDS)
                .execute(() -> Runtime.getRuntime().halt(0));
    }

    @Override
    public CompletionStage<Void> replaced() {
        return replaced;
    }

    @Override
    public void retire(Duration deadline) {
        proxy.retire(deadline);
    }

    @Override
    public void drain(Duration deadline) {
        proxy.clients().drain(deadline);
    }

    @Override
    public void close() {
        List<Exception> failures = new ArrayList<>();
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        failures.forEach(failure -> LOG.warn("event=close_failed", failure));
    }
}
