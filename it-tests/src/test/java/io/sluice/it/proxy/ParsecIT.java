// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.Program;
import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.ServerFailure;
import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Lab;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Accounts of MariaDB's parsec: Sluice as their client, and as the server of users that it lists. */
class ParsecIT {
    private static final Path ROOT = ServerBinaries.cache().resolve("mariadb-11");

    private static ReplicationTopology servers;
    private static SluiceProcess sluice;

    @BeforeAll
    static void start() {
        assumeTrue(Lab.flavor() == ServerFlavor.MARIADB_11, "parsec came with MariaDB 11.6");
        servers = Lab.newTopology("parsec", 0);
        servers.source()
                .execute(
                        "INSTALL SONAME 'auth_parsec'",
                        "CREATE USER signer@'%' IDENTIFIED VIA parsec USING PASSWORD('größe')",
                        "CREATE USER listed@'%' IDENTIFIED VIA parsec USING PASSWORD('listed')");
        sluice = SluiceProcess.start(SluiceSettings.of(servers).user("listed", "listed"), Lab.newHome("sluice"));
    }

    @AfterAll
    static void stop() {
        if (sluice != null) {
            sluice.close();
        }
        if (servers != null) {
            servers.close();
        }
    }

    private static String user(int port, String user, String password) throws SQLException {
        String url = "jdbc:mariadb://127.0.0.1:" + port + "/?allowPublicKeyRetrieval=true";
        try (Connection connection = DriverManager.getConnection(url, user, password);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CURRENT_USER()")) {
            row.next();
            return row.getString(1);
        }
    }

    @Test
    void an_account_that_is_not_listed_logs_in_as_directly() throws SQLException {
        for (int port : new int[] {servers.source().port(), sluice.port()}) {
            assertThat(user(port, "signer", "größe")).isEqualTo("signer@%");
            SQLException error = catchThrowableOfType(SQLException.class, () -> user(port, "signer", "wrong"));
            assertThat(error.getErrorCode()).isEqualTo(1045);
        }
    }

    @Test
    void a_listed_user_logs_in_at_sluice_and_sluice_at_the_server() throws SQLException {
        assertThat(user(sluice.port(), "listed", "listed")).isEqualTo("listed@%");
    }

    @Test
    void a_client_that_signs_need_not_show_its_password() {
        Path program = ROOT.resolve("usr/bin/mariadb");
        assumeTrue(Files.isExecutable(program), "MariaDB 11 is not in the cache");
        for (int port : new int[] {servers.source().port(), sluice.port()}) {
            assertThat(byParsec(program, port, "listed")).contains("listed@%");
            ServerFailure failure = catchThrowableOfType(ServerFailure.class, () -> byParsec(program, port, "wrong"));
            assertThat(failure)
                    .hasMessageContaining("Access denied for user 'listed'@'localhost' (using password: NO)");
        }
    }

    private static String byParsec(Path program, int port, String password) {
        List<String> arguments = new ArrayList<>(List.of("--no-defaults", "--host=127.0.0.1", "--skip-ssl"));
        arguments.addAll(List.of(
                "--plugin-dir=" + ROOT.resolve("usr/lib/x86_64-linux-gnu/libmariadb3/plugin"),
                "--default-auth=parsec",
                "--port=" + port,
                "--user=listed",
                "--password=" + password,
                "--execute=SELECT CURRENT_USER()"));
        return Program.of(ServerBinaries.commandIn(ROOT, program))
                .run(arguments, Lab.newHome("mariadb").resolve("mariadb.log"), Duration.ofSeconds(20));
    }
}
