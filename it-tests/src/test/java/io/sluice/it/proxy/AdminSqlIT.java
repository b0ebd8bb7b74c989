// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.drill.server.ReplicationTopology;
import io.sluice.drill.server.ServerBinaries;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** SQL on the admin port of a Sluice before real servers, with drivers and with the clients that operators use. */
class AdminSqlIT {
    private static final ReplicationTopology TOPOLOGY = Lab.topology();

    private static SluiceProcess sluice;
    private static Endpoint admin;
    private static int port;

    @BeforeAll
    static void start() throws SQLException {
        SluiceSettings settings = Lab.settings(TOPOLOGY).admin("admin", "admin");
        sluice = SluiceProcess.start(settings, Lab.newHome("admin-sql"));
        port = settings.adminPort();
        admin = new Endpoint("admin", port, Lab.flavor());
        try (Connection connection = Lab.of(sluice).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS counted");
            statement.execute("CREATE TABLE counted (id INT PRIMARY KEY)");
            for (int i = 0; i < 5; i++) {
                statement.execute("INSERT INTO counted VALUES (" + i + ")");
            }
            assertThatThrownBy(() -> statement.execute("INSERT INTO counted VALUES (1)"))
                    .isInstanceOf(SQLException.class);
            statement.execute("UPDATE counted SET id = id + 100");
        }
    }

    @Test
    void both_drivers_list_tables_and_their_columns() throws SQLException {
        for (String driver : List.of("mysql", "mariadb")) {
            String url = "jdbc:" + driver + "://127.0.0.1:" + port + "/main?sslMode="
                    + (driver.equals("mysql") ? "DISABLED" : "disable") + "&allowPublicKeyRetrieval=true";
            try (Connection connection = DriverManager.getConnection(url, "admin", "admin")) {
                DatabaseMetaData metadata = connection.getMetaData();
                assertThat(column(metadata.getCatalogs(), "TABLE_CAT")).contains("main", "stats");
                assertThat(column(metadata.getTables("main", null, "mysql%", null), "TABLE_NAME"))
                        .contains("mysql_servers", "mysql_users");
                assertThat(column(metadata.getColumns("main", null, "mysql_servers", "%"), "COLUMN_NAME"))
                        .startsWith("hostgroup_id", "hostname", "port");
                assertThat(column(metadata.getPrimaryKeys("main", null, "mysql_servers"), "COLUMN_NAME"))
                        .containsExactlyInAnyOrder("hostgroup_id", "hostname", "port");
            }
        }
    }

    private static List<String> column(ResultSet rows, String name) throws SQLException {
        List<String> values = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                values.add(rows.getString(name));
            }
        }
        return values;
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void digests_tell_how_often_and_how_long() throws SQLException {
        List<List<String>> rows = query("SELECT hostgroup, username, count_star, sum_rows_affected, min_time > 0,"
                + " sum_time >= max_time FROM stats_mysql_query_digest WHERE digest_text LIKE 'INSERT INTO%counted%'");
        assertThat(rows).containsExactly(List.of("0", "app", "6", "5", "1", "1"));
        assertThat(query("SELECT sum_rows_affected FROM stats.stats_mysql_query_digest d"
                        + " WHERE digest_text LIKE 'UPDATE%counted%'"))
                .containsExactly(List.of("5"));
        assertThat(query("SELECT errno, username, count_star FROM stats_mysql_errors"))
                .contains(List.of("1062", "app", "1"));
        assertThat(query("SELECT Total_cnt FROM stats_mysql_commands_counters WHERE Command = 'INSERT'"))
                .containsExactly(List.of("6"));
    }

    @Test
    void servers_and_clients_can_be_joined() throws SQLException {
        try (Connection busy = Lab.of(sluice).connect();
                Statement statement = busy.createStatement()) {
            statement.execute("BEGIN");
            statement.execute("DELETE FROM counted WHERE id = 7");
            assertThat(query("SELECT p.user, p.hostgroup, c.status, c.ConnUsed >= 1 FROM stats_mysql_processlist p"
                            + " JOIN stats_mysql_connection_pool c ON c.srv_host = p.srv_host"
                            + " AND c.srv_port = p.srv_port AND c.hostgroup = p.hostgroup"))
                    .contains(List.of("app", "0", "ONLINE", "1"));
            statement.execute("ROLLBACK");
        }
        assertThat(query("SELECT count(*) FROM stats_mysql_connection_pool"))
                .containsExactly(List.of(Integer.toString(TOPOLOGY.servers().size())));
    }

    @Test
    void rules_count_at_once_for_clients_that_are_there() throws SQLException {
        try (Connection client = Lab.of(sluice).connect();
                Statement statement = client.createStatement()) {
            statement.execute("SELECT 1 AS told_by_a_rule");
            change("INSERT INTO mysql_query_rules (rule_id, active, match_digest, error_msg, apply)"
                    + " VALUES (77, 1, 'told_by_a_rule', 'not today', 1)");
            statement.execute("SELECT 1 AS told_by_a_rule");
            change("LOAD MYSQL QUERY RULES TO RUNTIME");
            assertThatThrownBy(() -> statement.execute("SELECT 1 AS told_by_a_rule"))
                    .hasMessageContaining("not today");
            assertThat(query("SELECT rule_id, hits FROM stats_mysql_query_rules WHERE rule_id = 77"))
                    .containsExactly(List.of("77", "1"));
            change("DELETE FROM mysql_query_rules WHERE rule_id = 77");
            change("LOAD MYSQL QUERY RULES TO RUNTIME");
            statement.execute("SELECT 1 AS told_by_a_rule");
        }
    }

    @Test
    void a_disk_survives_a_kill_amid_saves() throws Exception {
        Path file = Lab.newHome("admin-disk").resolve("admin.db");
        for (int round = 0; round < 3; round++) {
            SluiceSettings settings = Lab.settings(TOPOLOGY).admin("admin", "admin");
            settings.set("admin.database", file.toString());
            SluiceProcess victim = SluiceProcess.start(settings, Lab.newHome("admin-disk-sluice"));
            Endpoint endpoint = new Endpoint("admin", settings.adminPort(), Lab.flavor());
            try (Connection connection = endpoint.connectAs("admin", "admin", "");
                    Statement statement = connection.createStatement()) {
                statement.execute("LOAD MYSQL SERVERS FROM DISK");
                try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM mysql_servers")) {
                    rows.next();
                    assertThat(rows.getInt(1)).as("rows after round " + round).isIn(0, 100);
                }
                statement.execute("DELETE FROM mysql_servers");
                statement.execute("INSERT INTO mysql_servers (hostname) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                        + " SELECT i + 1 FROM n WHERE i < 100) SELECT 'db' || i FROM n");
                CompletableFuture<Void> killed = CompletableFuture.runAsync(
                        victim::close, CompletableFuture.delayedExecutor(300, TimeUnit.MILLISECONDS));
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 1_000_000; i++) {
                                statement.execute("SAVE MYSQL SERVERS TO DISK");
                            }
                        })
                        .isInstanceOf(SQLException.class);
                killed.join();
            } finally {
                victim.close();
            }
        }
    }

    @Test
    void the_command_line_client_of_mysql_shows_tables() throws Exception {
        Path root = ServerBinaries.cache().resolve("mysql-9.7");
        Path program = root.resolve("usr/bin/mysql");
        assumeTrue(Files.exists(program), "MySQL 9.7 is not in the cache");
        showTables(with(
                ServerBinaries.commandIn(root, program),
                "--no-defaults",
                "-h127.0.0.1",
                "-P" + port,
                "-uadmin",
                "-padmin"));
        assertThat(run(with(
                        ServerBinaries.commandIn(root, root.resolve("usr/bin/mysqldump")),
                        "--no-defaults",
                        "-h127.0.0.1",
                        "-P" + port,
                        "-uadmin",
                        "-padmin",
                        "main",
                        "mysql_servers")))
                .contains("INSERT INTO `mysql_servers` VALUES", "-- Dump completed");
    }

    @Test
    void the_command_line_client_shows_tables() throws Exception {
        List<String> client = List.of(program("mysql", "mariadb"), "-h127.0.0.1", "-P" + port, "-uadmin", "-padmin");
        showTables(client);
        List<String> mysqladmin = with(client);
        mysqladmin.set(0, program("mysqladmin", "mariadb-admin"));
        assertThat(run(with(mysqladmin, "status"))).contains("Uptime: ");
        assertThat(run(with(mysqladmin, "ping"))).contains("alive");
        assertThat(run(with(mysqladmin, "processlist"))).contains("SessionID");
        List<String> dump = with(client, "main", "mysql_servers", "global_variables");
        dump.set(0, program("mariadb-dump", "mysqldump"));
        assertThat(run(dump))
                .contains("INSERT INTO `mysql_servers` VALUES", "('mysql-max_connections','", "-- Dump completed");
    }

    private static void showTables(List<String> client) throws Exception {
        String tables = run(with(client, "stats", "-e", "SHOW TABLES"));
        assertThat(tables).contains("stats_mysql_query_digest").contains("topology");
        assertThat(run(with(
                        client,
                        "-N",
                        "-e",
                        "USE stats; SELECT DATABASE(); SELECT role, count(*) FROM topology"
                                + " WHERE role = 'source' GROUP BY role")))
                .contains("stats\nsource\t1");
        assertThat(run(with(client, "-e", "SELECT * FROM nowhere")))
                .contains("ERROR 1045 (28000) at line 1: Sluice: no such table: nowhere; SHOW TABLES FROM main");
    }

    @Test
    void pymysql_gets_numbers_as_numbers() throws Exception {
        String script = "import pymysql\n"
                + "c = pymysql.connect(host='127.0.0.1', port=" + port + ", user='admin', password='admin',"
                + " database='stats', cursorclass=pymysql.cursors.DictCursor)\n"
                + "k = c.cursor()\n"
                + "k.execute('SELECT hostgroup, srv_host, srv_port FROM stats_mysql_connection_pool"
                + " WHERE hostgroup = %s', (0,))\n"
                + "print(k.fetchall())\n";
        String python = program("/usr/bin/python3", "python3");
        assumeTrue(run(List.of(python, "-c", "import pymysql")).isEmpty(), "PyMySQL is not installed");
        assertThat(run(List.of(python, "-c", script)))
                .contains("'hostgroup': 0, 'srv_host': '127.0.0.1', 'srv_port': "
                        + TOPOLOGY.source().port());
    }

    private static List<String> with(List<String> command, String... more) {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of(more));
        return all;
    }

    private static String program(String... names) {
        Optional<String> found = Stream.of(names)
                .flatMap(name -> name.startsWith("/")
                        ? Stream.of(name)
                        : Stream.of(System.getenv("PATH").split(":", -1)).map(directory -> directory + "/" + name))
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
        assumeTrue(found.isPresent(), () -> "none of these is installed: " + List.of(names));
        return found.orElseThrow();
    }

    /** What it writes, to wherever. */
    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static void change(String sql) throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<List<String>> query(String sql) throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<List<String>> all = new ArrayList<>();
            while (rows.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(rows.getString(i)));
                }
                all.add(row);
            }
            return all;
        }
    }
}
