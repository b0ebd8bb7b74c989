// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.fault;

import io.sluice.drill.server.Place;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A client on a machine of its own: executes what it is told, and then says nothing more, but stays. */
final class VanishingClient implements AutoCloseable {
    private final Process process;

    private VanishingClient(Process process) {
        this.process = process;
    }

    static VanishingClient start(Place machine, String host, int port, Path log, String... statements)
            throws IOException {
        List<String> command = new ArrayList<>(machine.launcher());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), VanishingClient.class.getName()));
        command.add("jdbc:mysql://" + host + ":" + port + "/app");
        command.addAll(List.of(statements));
        return new VanishingClient(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .redirectInput(Redirect.PIPE)
                .start());
    }

    /** The statements are executed on one connection, which is kept until nobody needs this process any more. */
    public static void main(String[] arguments) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(arguments[0], "app", "app");
                Statement statement = connection.createStatement()) {
            for (String sql : List.of(arguments).subList(1, arguments.length)) {
                statement.execute(sql);
            }
            System.in.transferTo(System.out); // until its end
        }
    }

    /** Whether it still runs, connected as far as it knows. */
    boolean isThere() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
