// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Sluice as its users run it: the built distribution, a configuration file, a process of its own. */
public final class SluiceProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private final ChildProcess process;
    private final SluiceSettings settings;
    private final Path log;

    private SluiceProcess(ChildProcess process, SluiceSettings settings, Path log) {
        this.process = process;
        this.settings = settings;
        this.log = log;
    }

    /** The exploded distribution: the system property {@code sluice.home}, else the one of this source tree. */
    public static Path distribution() {
        String set = System.getProperty("sluice.home");
        if (set != null) {
            return Path.of(set);
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve("distribution"))) {
                return at.resolve("distribution/target/sluice");
            }
        }
        throw new ServerFailure("no distribution found; run this inside the source tree or set -Dsluice.home");
    }

    /** Starts Sluice in a directory of its own and returns when it says that it is ready. */
    public static SluiceProcess start(SluiceSettings settings, Path home) {
        SluiceProcess sluice = launch(settings, home);
        try {
            sluice.awaitReady();
            return sluice;
        } catch (RuntimeException e) {
            sluice.close();
            throw e;
        }
    }

    /** Starts Sluice and returns at once: for configurations that cannot become ready. */
    public static SluiceProcess launch(SluiceSettings settings, Path home) {
        Path program = distribution().resolve("bin/sluice");
        if (!Files.isExecutable(program)) {
            throw new ServerFailure(program + " is missing; build it: mvn -q -DskipTests package");
        }
        settings.set("data_dir", Directories.create(home.resolve("data")).toString());
        Path config = home.resolve("sluice.yaml");
        try {
            Files.writeString(config, settings.toYaml(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ServerFailure("cannot write " + config + ": " + e.getMessage(), e);
        }
        return run(settings, home.resolve("sluice.log"), program.toString(), "run", "-c", config.toString());
    }

    /** Starts another one with the same configuration, which takes over from this; returns when it is ready. */
    public SluiceProcess successor() {
        Path home = Objects.requireNonNull(log.getParent());
        Path program = distribution().resolve("bin/sluice");
        SluiceProcess next = run(
                settings,
                home.resolve(log.getFileName() + ".next"),
                program.toString(),
                "run",
                "--takeover",
                "-c",
                home.resolve("sluice.yaml").toString());
        try {
            next.awaitReady();
            return next;
        } catch (RuntimeException e) {
            next.close();
            throw e;
        }
    }

    private static SluiceProcess run(SluiceSettings settings, Path log, String... command) {
        ChildProcess process = ChildProcess.start(
                List.of(command),
                log,
                Map.of(
                        "JAVA_HOME", System.getProperty("java.home"),
                        "SLUICE_JAVA_OPTS", settings.javaOptions(),
                        "SLUICE_LOG_LEVEL", "INFO")); // the log tells when it is ready
        return new SluiceProcess(process, settings, log);
    }

    public void awaitReady() {
        Await.until("Sluice is ready, see " + log, START_LIMIT, () -> {
            if (!process.isAlive()) {
                throw new ServerFailure("Sluice ended while starting:\n" + process.tail());
            }
            // The HTTP port is open before the others are.
            return http("/readyz").statusCode() == 200 && process.output().contains("event=started");
        });
    }

    public int port() {
        return settings.mysqlPort();
    }

    public SluiceSettings settings() {
        return settings;
    }

    public long pid() {
        return process.pid();
    }

    /** SIGSTOP: it keeps its sockets, and does nothing. */
    public void pause() {
        process.pause();
    }

    public void resume() {
        process.resume();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Path logFile() {
        return log;
    }

    public String log() {
        return process.output();
    }

    /** SIGTERM: drain and end. */
    public void terminate() {
        process.terminate();
    }

    public int exitCode(Duration limit) {
        return process.exitCode(limit);
    }

    public HttpResponse<String> http(String path) throws IOException, InterruptedException {
        return http(path, "*/*");
    }

    /** Asks for a page in one of the types that are wanted. */
    public HttpResponse<String> http(String path, String accept) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + settings.httpPort() + path))
                .header("Accept", accept)
                .timeout(Duration.ofSeconds(5))
                .build();
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** The sum of all samples of a metric whose labels contain every given text, such as {@code destination="source"}. */
    public double metric(String name, String... labels) {
        String text;
        try {
            text = http("/metrics").body();
        } catch (IOException e) {
            throw new ServerFailure("cannot read /metrics: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerFailure("interrupted while reading /metrics", e);
        }
        return text.lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Resident memory now and the most it ever was, from the kernel. */
    public long residentBytes() {
        return status("VmRSS:");
    }

    public long residentPeakBytes() {
        return status("VmHWM:");
    }

    private long status(String field) {
        try {
            Optional<String> line = Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
                    .filter(text -> text.startsWith(field))
                    .findFirst();
            return Long.parseLong(line.orElseThrow().replaceAll("\\D", "")) * 1024;
        } catch (IOException e) {
            throw new ServerFailure("cannot read the memory of process " + pid(), e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.kill();
        }
    }
}
