// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.ServerFlavor;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * The areas of the suite in which much is sent, through a Sluice that compresses towards the servers: by zstd where they
 * know it, else by zlib.
 */
class CompressedBackendIT {
    private static SluiceProcess sluice;

    @BeforeAll
    static void start() {
        sluice = SluiceProcess.start(
                Lab.settings(Lab.topology()).set("backend.compression", "zlib,zstd"), Lab.newHome("compressed"));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    interface ThroughCompression extends Target {
        @Override
        default Endpoint endpoint() {
            return Lab.of(sluice);
        }
    }

    @Test
    void the_servers_say_so() throws SQLException {
        try (Connection connection = Lab.of(sluice).connect()) {
            assertThat(status(connection, "Compression")).isEqualTo("ON");
            if (knowsZstd()) {
                assertThat(status(connection, "Compression_algorithm")).isEqualTo("zstd");
            }
        }
    }

    @Test
    void zlib_alone_is_taken_by_all() throws SQLException {
        try (SluiceProcess other = SluiceProcess.start(
                        Lab.settings(Lab.topology()).set("backend.compression", "zlib"),
                        Lab.newHome("compressed-zlib"));
                Connection connection = Lab.of(other).connect()) {
            assertThat(status(connection, "Compression")).isEqualTo("ON");
            assertThat(Area.value(connection, "SELECT REPEAT('a', 20000000)")).hasSize(20_000_000);
        }
    }

    @Test
    void a_server_that_does_not_know_it_is_spoken_to_without() throws SQLException {
        assumeTrue(!knowsZstd(), "this server knows both");
        try (SluiceProcess other = SluiceProcess.start(
                        Lab.settings(Lab.topology()).set("backend.compression", "zstd"),
                        Lab.newHome("compressed-zstd"));
                Connection connection = Lab.of(other).connect()) {
            assertThat(status(connection, "Compression")).isEqualTo("OFF");
        }
    }

    /** MySQL does since 8.0.18; the 8.0 of the tests may be older. */
    private static boolean knowsZstd() {
        return Lab.flavor() == ServerFlavor.MYSQL_9_7;
    }

    private static String status(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW STATUS LIKE '" + name + "'")) {
            assertThat(rows.next()).as(name).isTrue();
            return rows.getString(2);
        }
    }

    @Nested
    class Compression extends CompressionTests implements ThroughCompression {}

    @Nested
    class TextProtocol extends TextProtocolTests implements ThroughCompression {}

    @Nested
    class PreparedStatement extends PreparedStatementTests implements ThroughCompression {}

    @Nested
    class LargeData extends LargeDataTests implements ThroughCompression {}

    @Nested
    class LoadData extends LoadDataTests implements ThroughCompression {}

    @Nested
    class MultiResult extends MultiResultTests implements ThroughCompression {}
}
