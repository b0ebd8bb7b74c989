// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import io.sluice.core.config.ConfigFile;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process while it serves: from the first log line to the last. Apart from the command, so that others load no logging. */
final class Service {
    private static final Logger LOG = LoggerFactory.getLogger("io.sluice");

    private final ConfigFile file;

    /** What is to be served. */
    interface Start {
        Composition of(ConfigFile file) throws Exception;
    }

    Service(ConfigFile file) {
        this.file = file;
    }

    /** Returns never: SIGTERM or Ctrl-C run the shutdown hook, which drains and ends the process with 0. */
    void serve(Start start) throws Exception {
        CompletableFuture<Composition> starting = new CompletableFuture<>();
        // Before anything is served: whoever sees the port open may ask for the end.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> stop(starting, file.atStart().shutdown().drain()), "shutdown"));
        Composition proxy = start(start, starting);
        LOG.info(
                "event=started version=\"{}\" java={} pid={} config={} config_mode={} {}",
                Version.text(),
                Runtime.version(),
                ProcessHandle.current().pid(),
                file.path(),
                file.atStart().mode().keyword(),
                proxy.addresses());
        Signals.handle("HUP", proxy::reload, "LOAD CONFIG on the admin port");
        Successor successor = new Successor(file.path(), System.getProperty("sluice.home"));
        Signals.handle("USR1", successor::start, "sluice run --takeover");
        Systemd.ofEnvironment()
                .tell("MAINPID=" + ProcessHandle.current().pid(), "READY=1", "STATUS=" + proxy.addresses());
        CompletionStage<Void> unused = proxy.replaced().thenRun(() -> leave(proxy));
        new CountDownLatch(1).await();
    }

    private Composition start(Start start, CompletableFuture<Composition> starting) throws Exception {
        try {
            Composition proxy = start.of(file);
            starting.complete(proxy);
            return proxy;
        } finally {
            starting.cancel(false); // no effect on one that is complete
        }
    }

    /** Another process serves now. */
    private void leave(Composition proxy) {
        Duration limit = file.atStart().shutdown().takeover();
        LOG.info("event=replaced deadline_ms={}", limit.toMillis());
        proxy.retire(limit);
        System.exit(0);
    }

    private static void stop(CompletableFuture<Composition> starting, Duration deadline) {
        Composition proxy;
        try {
            proxy = starting.join();
        } catch (CancellationException e) {
            return; // it did not start, and that is why the process ends
        }
        LOG.info("event=stopping drain_ms={}", deadline.toMillis());
        if (!proxy.replaced().toCompletableFuture().isDone()) {
            Systemd.ofEnvironment().tell("STOPPING=1", "STATUS=draining");
        }
        try (proxy) {
            proxy.drain(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("event=stop_failed", e);
        }
        LOG.info("event=stopped");
        // A JVM ended by a signal says 128 + signal; being asked to stop is no failure.
        Runtime.getRuntime().halt(0);
    }
}
