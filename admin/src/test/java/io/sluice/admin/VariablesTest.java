// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** global_variables: settings under ProxySQL's names. */
class VariablesTest {
    @TempDir
    private Path directory;

    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        port = AdminPortFixture.ofFile(directory, """
                servers: [{address: db1}]
                monitor: {user: monitor, password: hush-hush}
                pool: {max_age: 7m}
                mysql: {threads: 3, listen: ["127.0.0.1:6033", "127.0.0.1:7033"]}
                admin: {database: admin.db}
                """);
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void shows_settings_under_the_names_of_proxysql() throws SQLException {
        assertThat(query("SELECT * FROM global_variables"))
                .contains(
                        List.of("mysql-connection_max_age_ms", "420000"),
                        List.of("mysql-threads", "3"),
                        List.of("mysql-interfaces", "127.0.0.1:6033;127.0.0.1:7033"),
                        List.of("mysql-max_allowed_packet", "67108864"),
                        List.of("mysql-have_ssl", "true"),
                        List.of("admin-mysql_ifaces", "127.0.0.1:6032"),
                        List.of("sluice-failover_hold", "10000"))
                .isEqualTo(query("SELECT * FROM runtime_global_variables"));
    }

    @Test
    void what_is_set_counts_once_it_is_loaded() throws SQLException {
        query("SET mysql-max_connections = 20");
        query("set `mysql-wait_timeout`='60000';");
        query("SET GLOBAL mysql-server_version := \"8.0.11\"");
        query("UPDATE global_variables SET variable_value = 5000 WHERE variable_name = 'mysql-connection_max_age_ms'");
        assertThat(runtime("mysql-max_connections")).isEqualTo("10000");
        query("LOAD MYSQL VARIABLES TO RUNTIME");
        assertThat(port.file.settings().mysql().maxClients()).isEqualTo(20);
        assertThat(port.file.settings().mysql().idleTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(port.file.settings().mysql().serverVersion()).isEqualTo("8.0.11");
        assertThat(port.file.settings().pool().maxAge()).isEqualTo(Duration.ofSeconds(5));
        assertThat(runtime("mysql-max_connections")).isEqualTo("20");
        assertThat(query("SELECT outcome FROM audit WHERE statement = 'LOAD MYSQL VARIABLES TO RUNTIME'")
                        .toString())
                .contains("changed mysql-connection_max_age_ms, mysql-max_connections");
        assertThat(query("SELECT * FROM audit WHERE statement = 'SET mysql-max_connections = 20'"))
                .hasSize(1);
    }

    @Test
    void modules_are_apart_and_go_all_ways() throws SQLException {
        query("SET sluice-failover_hold = 1000");
        query("SET mysql-max_connections = 20");
        query("LOAD SLUICE VARIABLES FROM MEMORY");
        assertThat(runtime("sluice-failover_hold")).isEqualTo("1000");
        assertThat(runtime("mysql-max_connections")).isEqualTo("10000");
        query("SAVE MYSQL VARIABLES TO DISK");
        assertThat(query("SELECT count(*) FROM disk.global_variables WHERE variable_name LIKE 'sluice-%'"))
                .containsExactly(List.of("0"));
        query("SAVE MYSQL VARIABLES FROM RUN");
        assertThat(memory("mysql-max_connections")).isEqualTo("10000");
        query("LOAD MYSQL VARIABLES TO MEMORY");
        assertThat(memory("mysql-max_connections")).isEqualTo("20");
        query("LOAD MYSQL VARIABLES FROM CONFIG");
        assertThat(memory("mysql-max_connections")).isEqualTo("10000");
        query("LOAD ADMIN VARIABLES TO RUNTIME");
        query("SAVE ADMIN VARIABLES TO DISK");
        assertThat(query("SLUICE DIFF"))
                .anySatisfy(row -> assertThat(row).contains("MYSQL VARIABLES", "mysql-max_connections", "20"));
    }

    @Test
    void what_needs_a_restart_is_refused_with_all_else() throws SQLException {
        query("SET mysql-threads = 4");
        query("SET mysql-interfaces = 0.0.0.0:6033");
        query("SET mysql-max_connections = many");
        query("SET mysql-have_ssl = 0");
        query("SET mysql-have_compress = 1");
        assertThatThrownBy(() -> query("LOAD MYSQL VARIABLES TO RUNTIME"))
                .hasMessageContaining("nothing was loaded")
                .hasMessageContaining("mysql-threads cannot be changed while Sluice runs: change mysql.threads in the"
                        + " configuration file, and restart; here, set it to '3' again")
                .hasMessageContaining("mysql-interfaces cannot")
                .hasMessageContaining("mysql-have_ssl cannot")
                .hasMessageContaining("mysql-max_connections is 'many'; write a whole number")
                .hasMessageNotContaining("compress");
        query("SAVE MYSQL VARIABLES TO MEMORY");
        query("SET mysql-max_connections = 0");
        assertThatThrownBy(() -> query("LOAD MYSQL VARIABLES TO RUNTIME"))
                .hasMessageContaining("mysql-max_connections, which is that key: \"0\" is not a whole number from 1");
    }

    @Test
    void names_of_one_setting_have_one_value() throws SQLException {
        query(
                "UPDATE global_variables SET variable_value = '2000' WHERE variable_name = 'mysql-monitor_ping_interval'");
        assertThat(memory("mysql-monitor_read_only_interval")).isEqualTo("2000");
        query("REPLACE INTO global_variables VALUES ('mysql-monitor_connect_interval', '3000')");
        query("LOAD MYSQL VARIABLES TO RUNTIME");
        assertThat(port.file.settings().monitor().interval()).isEqualTo(Duration.ofSeconds(3));
        assertThat(runtime("mysql-monitor_replication_lag_interval")).isEqualTo("3000");
        query("DELETE FROM global_variables");
        query("LOAD MYSQL VARIABLES TO RUNTIME");
        assertThat(runtime("mysql-monitor_ping_interval")).isEqualTo("3000");
    }

    @Test
    void passwords_are_never_shown() throws SQLException {
        query("UPDATE global_variables SET variable_value='hush-hush' WHERE variable_name='mysql-monitor_password'");
        assertThat(memory("mysql-monitor_password")).isEqualTo("***");
        query("LOAD MYSQL VARIABLES TO RUNTIME");
        query("SET mysql-monitor_password = 'other-one'");
        query("SET admin-admin_credentials = 'admin:other-one'");
        for (String table : List.of("global_variables", "runtime_global_variables", "audit")) {
            assertThat(query("SELECT * FROM " + table).toString())
                    .as(table)
                    .doesNotContain("hush-hush", "other-one", "secret");
        }
        assertThatThrownBy(() -> query("LOAD MYSQL VARIABLES TO RUNTIME"))
                .hasMessageContaining("change monitor.password in the configuration file");
        assertThatThrownBy(() -> query("LOAD ADMIN VARIABLES TO RUNTIME"))
                .hasMessageContaining("change admin.users in the configuration file");
    }

    @Test
    void unknown_ones_are_told_what_there_is() {
        Map.of(
                        "SET mysql-query_cache_size_MB = 256", "no query cache",
                        "SET mysql-multiplexing='false'", "multiplex = 0",
                        "UPDATE global_variables SET variable_value = 1 WHERE variable_name = 'mysql-shun_on_failures'",
                                "the monitor decides",
                        "INSERT INTO global_variables VALUES ('mysql-poll_timeout', '1')", "mysql.threads",
                        "SET admin-stats_credentials='stats:stats'", "with a role",
                        "SELECT @@admin-web_enabled", "http.listen",
                        "SET mysql-max_conections = 100", "did you mean mysql-max_connections?",
                        "SET mysql-nonsense = 1", "nothing in Sluice can be set by it")
                .forEach((sql, why) -> assertThatThrownBy(() -> query(sql))
                        .as(sql)
                        .hasMessageContaining("there is no variable")
                        .hasMessageContaining(why)
                        .hasMessageContaining("SHOW ALL VARIABLES lists those there are"));
        assertThatThrownBy(() -> query("SET mysql-max_connections = 1, mysql-threads = 2"))
                .hasMessageContaining("one variable at a time");
    }

    @Test
    void show_has_the_forms_of_both_worlds() throws SQLException {
        assertThat(query("SHOW MYSQL VARIABLES LIKE '%max\\_connections'"))
                .containsExactly(List.of("mysql-max_connections", "10000"));
        assertThat(query("show admin variables"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.get(0)).startsWith("admin-"));
        assertThat(query("SHOW ALL VARIABLES LIKE 'mysql-%'")).isEqualTo(query("SHOW MYSQL VARIABLES"));
        assertThat(query("SHOW SLUICE VARIABLES")).isNotEmpty();
        assertThat(query(
                        "SHOW GLOBAL VARIABLES WHERE Variable_name = 'autocommit' OR Variable_name = 'mysql-threads';"))
                .containsExactly(List.of("autocommit", "1"), List.of("mysql-threads", "3"));
        assertThat(query("SHOW VARIABLES LIKE 'version'").get(0).get(1)).contains("Sluice");
        assertThat(query("SELECT @@mysql-threads;")).containsExactly(List.of("3"));
        assertThat(query("SELECT @@admin-version").get(0).get(0)).contains("0.1.0");
        assertThatThrownBy(() -> query("SHOW MYSQL VARIABLES OF mine")).hasMessageContaining("write SHOW [MYSQL");
    }

    private String runtime(String name) throws SQLException {
        return one("runtime_global_variables", name);
    }

    private String memory(String name) throws SQLException {
        return one("global_variables", name);
    }

    private String one(String table, String name) throws SQLException {
        return query("SELECT variable_value FROM " + table + " WHERE variable_name = '" + name + "'")
                .get(0)
                .get(0);
    }

    private List<List<String>> query(String sql) throws SQLException {
        return port.query(sql);
    }
}
