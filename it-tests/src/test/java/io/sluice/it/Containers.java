// SPDX-License-Identifier: Apache-2.0
package io.sluice.it;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import io.sluice.drill.server.Await;
import io.sluice.drill.server.Program;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.ServerFlavor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * Servers out of official images, where Docker answers: the same programs with the same arguments, in the host's network
 * and with the test's directory mounted at its own path, so that nothing else needs to know of containers.
 */
final class Containers {
    private Containers() {}

    /** Nothing where no engine answers, or where it cannot run this server: then a program of this machine serves. */
    static Optional<ServerBinaries> find(ServerFlavor flavor, Path home) {
        boolean engine = System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
        if (!engine || "off".equals(System.getenv("SLUICE_DOCKER"))) {
            return Optional.empty();
        }
        String image = switch (flavor) {
            case MYSQL_9_7 -> "mysql:9.7";
            case MYSQL_8_0 -> "mysql:8.0.15";
            case MARIADB -> "mariadb:10.11";
            case MARIADB_11 -> "mariadb:11.8";
        };
        try {
            if (!DockerClientFactory.instance().isDockerAvailable()) {
                return Optional.empty();
            }
            Program server = program(image, flavor.isMariaDb() ? "mariadbd" : "mysqld", home);
            String version = ServerBinaries.shorten(ServerBinaries.versionOf(server, home));
            Optional<Program> installer =
                    flavor.isMariaDb() ? Optional.of(program(image, "mariadb-install-db", home)) : Optional.empty();
            return Optional.of(new ServerBinaries(flavor, version, server, List.of(), installer));
        } catch (RuntimeException e) {
            // Docker answers but has no such image and cannot fetch it: not a fault of what is tested.
            return Optional.empty();
        }
    }

    private static Program program(String image, String entrypoint, Path home) {
        return (arguments, output) -> {
            GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))
                    .withNetworkMode("host")
                    .withFileSystemBind(home.toString(), home.toString(), BindMode.READ_WRITE)
                    .withStartupCheckStrategy(new StartedOnce())
                    .withCreateContainerCmdModifier(
                            create -> create.withEntrypoint(entrypoint).withUser(ownerOf(home)))
                    .withCommand(arguments.toArray(String[]::new));
            container.start();
            return new Run(container);
        };
    }

    /** Files of the container belong to whoever runs the tests, who has to remove them. */
    private static String ownerOf(Path home) {
        try {
            return Files.getAttribute(home, "unix:uid") + ":" + Files.getAttribute(home, "unix:gid");
        } catch (IOException e) {
            throw new IllegalStateException("cannot tell who owns " + home, e);
        }
    }

    /** A run may be over before anybody looks: the one that asks for a version is. */
    private static final class StartedOnce extends StartupCheckStrategy {
        @Override
        public StartupStatus checkStartupState(DockerClient client, String id) {
            return StartupStatus.SUCCESSFUL;
        }
    }

    private record Run(GenericContainer<?> container) implements Program.Run {

        @Override
        public boolean isAlive() {
            return Boolean.TRUE.equals(state().getRunning());
        }

        @Override
        public void kill() {
            if (isAlive()) {
                client().killContainerCmd(container.getContainerId()).exec();
            }
            Await.until("the end of container " + container.getContainerId(), Duration.ofSeconds(20), () -> !isAlive());
        }

        @Override
        public void terminate() {
            client().killContainerCmd(container.getContainerId())
                    .withSignal("TERM")
                    .exec();
        }

        @Override
        public void pause() {
            client().pauseContainerCmd(container.getContainerId()).exec();
        }

        @Override
        public void resume() {
            client().unpauseContainerCmd(container.getContainerId()).exec();
        }

        @Override
        public int exitCode(Duration limit) {
            Await.until("the end of container " + container.getContainerId(), limit, () -> !isAlive());
            Long code = state().getExitCodeLong();
            return code == null ? -1 : code.intValue();
        }

        @Override
        public String output() {
            return container.getLogs();
        }

        private ContainerState state() {
            return client().inspectContainerCmd(container.getContainerId())
                    .exec()
                    .getState();
        }

        private DockerClient client() {
            return container.getDockerClient();
        }
    }
}
