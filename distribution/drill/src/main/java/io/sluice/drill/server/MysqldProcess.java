// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One server with its data directory: initialised once, started and killed as often as a test likes. */
public final class MysqldProcess {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final int LONGEST_SOCKET = 90;

    private final ServerBinaries binaries;
    private final Path home;
    private final int id;
    private final int port;
    private final Place place;
    private Program.@Nullable Run process;
    private boolean paused;

    MysqldProcess(ServerBinaries binaries, Path home, int id, int port) {
        this(binaries, home, id, port, Place.LOOPBACK);
    }

    MysqldProcess(ServerBinaries binaries, Path home, int id, int port, Place place) {
        this.binaries = binaries;
        this.home = home;
        this.id = id;
        this.port = port;
        this.place = place;
    }

    public int port() {
        return port;
    }

    String host() {
        return place.host();
    }

    public String address() {
        return host() + ":" + port;
    }

    public Path errorLog() {
        return home.resolve("error.log");
    }

    /** Whether it can be spoken to: alive and not paused. */
    public boolean answers() {
        return isAlive() && !paused;
    }

    public boolean isAlive() {
        Program.Run current = process;
        return current != null && current.isAlive();
    }

    /** Makes a data directory that others can be copied from. */
    static void initialize(ServerBinaries binaries, Path data, Path scratch) {
        List<String> arguments = new ArrayList<>();
        arguments.add("--no-defaults");
        arguments.addAll(binaries.options());
        if (binaries.installer().isPresent()) {
            arguments.addAll(List.of("--auth-root-authentication-method=normal", "--skip-test-db"));
        } else {
            arguments.add("--initialize-insecure");
        }
        arguments.add("--datadir=" + data);
        arguments.add(temporary(scratch));
        arguments.addAll(runAs());
        binaries.installer()
                .orElse(binaries.server())
                .run(arguments, scratch.resolve("initialize.log"), Duration.ofMinutes(2));
    }

    /** A copy of an initialised data directory, with an identity of its own. */
    void adopt(Path template) {
        Directories.copy(template, data());
        try {
            Files.deleteIfExists(data().resolve("auto.cnf")); // holds server_uuid: the server makes a new one
        } catch (IOException e) {
            throw new ServerFailure("cannot prepare " + data(), e);
        }
    }

    /** A MariaDB that starts removes the temporary tables of whatever server it finds in its directory. */
    private static String temporary(Path home) {
        return "--tmpdir=" + Directories.create(home.resolve("tmp"));
    }

    /** Starts the server and returns at once; {@link #awaitReady} tells when it answers. */
    void launch(String... extra) {
        List<String> arguments = new ArrayList<>();
        arguments.add("--no-defaults"); // must come first, else the system's configuration is read
        arguments.addAll(binaries.options());
        arguments.addAll(List.of(
                "--datadir=" + data(),
                temporary(home),
                "--port=" + port,
                "--bind-address=" + (place.isLoopback() ? place.host() : "0.0.0.0"),
                "--socket=" + socket(),
                "--pid-file=" + home.resolve("pid"),
                "--log-error=" + errorLog(),
                "--server-id=" + id,
                "--log-bin=binlog",
                "--max-connections=2000",
                "--max-allowed-packet=128M",
                "--local-infile=1",
                "--innodb-flush-log-at-trx-commit=2",
                "--sync-binlog=0",
                "--innodb-buffer-pool-size=64M"));
        arguments.addAll(runAs());
        arguments.addAll(optionsOf(binaries.flavor()));
        if (!place.isLoopback()) {
            arguments.add("--skip-name-resolve"); // nobody there knows names
            arguments.add("--init-file=" + openToAdministrator());
        }
        arguments.addAll(List.of(extra));
        paused = false;
        process = binaries.server().by(place.launcher()).start(arguments, home.resolve("output.log"));
    }

    /** From elsewhere than localhost, too; each server's own business. */
    private Path openToAdministrator() {
        Path file = home.resolve("init.sql");
        try {
            return Files.writeString(file, """
                    SET sql_log_bin=0;
                    CREATE USER IF NOT EXISTS root@'%';
                    GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;
                    """);
        } catch (IOException e) {
            throw new ServerFailure("cannot write " + file, e);
        }
    }

    private static List<String> optionsOf(ServerFlavor flavor) {
        return switch (flavor) {
            case MYSQL_9_7, MYSQL_8_0 ->
                List.of("--gtid-mode=ON", "--enforce-gtid-consistency=ON", "--mysqlx=OFF", "--secure-file-priv=");
            case MARIADB, MARIADB_11 ->
                List.of(
                        "--character-set-server=utf8mb4",
                        "--gtid-strict-mode=ON",
                        "--log-slave-updates=ON",
                        "--performance-schema=ON");
        };
    }

    private static List<String> runAs() {
        return "root".equals(System.getProperty("user.name")) ? List.of("--user=root") : List.of();
    }

    void awaitReady() {
        Await.until("server " + address() + " answers, see " + errorLog(), START_LIMIT, () -> {
            if (!isAlive()) {
                throw new ServerFailure("server " + address() + " ended while starting:\n" + errorTail());
            }
            return query("SELECT 1").equals("1");
        });
    }

    /** Starts a killed or stopped server again and waits until it answers. */
    public void start(String... extra) {
        launch(extra);
        awaitReady();
    }

    /** SIGKILL: what a crash of the machine looks like to a client on the same machine. */
    public void kill() {
        running().kill();
    }

    /** SIGTERM and waits for the orderly end. */
    public void stop() {
        running().terminate();
        running().exitCode(Duration.ofMinutes(1));
    }

    /** SIGSTOP: the server keeps its sockets and answers nobody. */
    public void pause() {
        running().pause();
        paused = true;
    }

    public void resume() {
        running().resume();
        paused = false;
    }

    private Program.Run running() {
        Program.Run current = process;
        if (current == null) {
            throw new ServerFailure("server " + address() + " was never started");
        }
        return current;
    }

    /** A connection of the server's administrator, past any proxy. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:mysql://" + place.administrator() + ":" + port
                + "/?user=root&password=&sslMode=DISABLED&allowPublicKeyRetrieval=true&connectTimeout=5000"
                + "&socketTimeout=60000&allowMultiQueries=false");
    }

    /** Runs statements as the administrator, in one connection. */
    public void execute(String... statements) {
        String current = "";
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                current = sql;
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new ServerFailure(address() + ": " + e.getMessage() + "\n  in: " + current, e);
        }
    }

    /** The first column of the first row, "" when there is none. */
    public String query(String sql) throws SQLException {
        return query(sql, "");
    }

    /** The named column of the first row ("" = the first column), "" when there is no row or no value. */
    String query(String sql, String column) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                return "";
            }
            String value = column.isEmpty() ? rows.getString(1) : rows.getString(column);
            return value == null ? "" : value;
        }
    }

    /** Not below a home directory that is deep: a socket's path must stay under 108 bytes. */
    private Path socket() {
        Path near = home.resolve("mysql.sock");
        if (near.toString().length() <= LONGEST_SOCKET) {
            return near;
        }
        return Path.of(System.getProperty("java.io.tmpdir"), "sluice-it-" + port + ".sock");
    }

    /** Kills the server if it runs and takes away all that it left on disk, except its logs. */
    void discard() {
        if (isAlive()) {
            kill();
        }
        try {
            Files.deleteIfExists(socket());
            Files.deleteIfExists(Path.of(socket() + ".lock"));
        } catch (IOException e) {
            throw new ServerFailure("cannot remove " + socket(), e);
        }
        Directories.delete(data());
    }

    private Path data() {
        return home.resolve("data");
    }

    private String errorTail() {
        try {
            return ChildProcess.tail(Files.readString(errorLog(), StandardCharsets.UTF_8)) + "\n"
                    + ChildProcess.tail(running().output());
        } catch (IOException e) {
            return ChildProcess.tail(running().output());
        }
    }
}
