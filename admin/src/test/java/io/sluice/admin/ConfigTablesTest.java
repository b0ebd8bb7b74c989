// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.config.ServerSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ServerList;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration as tables: edited, loaded, saved. */
class ConfigTablesTest {
    private static final String SERVERS = "SELECT hostgroup_id, hostname, port, status, weight, max_connections FROM ";

    @TempDir
    private Path directory;

    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        open("admin.db");
        port.servers.entries.add(
                new ServerList.Entry(new ServerSettings(BackendAddress.parse("db1"), 1, 100, "here"), false));
        port.servers.entries.add(
                new ServerList.Entry(new ServerSettings(BackendAddress.parse("db2"), 2, 50, ""), false));
        port.servers.entries.add(
                new ServerList.Entry(new ServerSettings(BackendAddress.parse("db3"), 1, 100, ""), true));
        port.view.topology = new Topology(
                7,
                List.of(
                        FakeView.member("db1", Role.SOURCE, true, Duration.ZERO, ""),
                        FakeView.member("db2", Role.REPLICA, true, Duration.ZERO, ""),
                        FakeView.member("db3", Role.REPLICA, false, null, "drained")),
                "");
    }

    private void open(String database) throws Exception {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), """
            servers: [{address: db1, zone: here}, {address: db2, weight: 2, max_connections: 50}]
            hostgroups: [{id: 10, role: source}, {id: 20, role: replicas}, {id: 30, members: [db2]}]
            rules: [{rule_id: 5, match_digest: "^SELECT", destination_hostgroup: 20, unsafe: true, comment: reads}]
            users: [{name: app, password: secret1, default_hostgroup: 30, require_tls: true, schema: shop}]
            monitor: {user: m, password: m}
            admin: {database: "%s"}
            """.formatted(database));
        port = new AdminPortFixture(SluiceConfig.load(file, Map.of()));
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void memory_begins_as_the_file_and_runtime_shows_what_is() throws SQLException {
        assertThat(port.query(SERVERS + "mysql_servers ORDER BY hostname"))
                .containsExactly(
                        List.of("10", "db1", "3306", "ONLINE", "1", "100"),
                        List.of("10", "db2", "3306", "ONLINE", "2", "50"));
        assertThat(port.query(SERVERS + "runtime_mysql_servers ORDER BY hostname, hostgroup_id"))
                .containsExactly(
                        List.of("10", "db1", "3306", "ONLINE", "1", "100"),
                        List.of("20", "db2", "3306", "ONLINE", "2", "50"),
                        List.of("30", "db2", "3306", "ONLINE", "2", "50"),
                        List.of("20", "db3", "3306", "OFFLINE_SOFT", "1", "100"));
        assertThat(port.query("SELECT writer_hostgroup, reader_hostgroup FROM mysql_replication_hostgroups"))
                .containsExactly(List.of("10", "20"));
        assertThat(port.query("SHOW TABLES")).contains(List.of("mysql_servers"), List.of("runtime_mysql_servers"));
    }

    @Test
    void rows_are_edited_and_then_loaded_whole() throws SQLException {
        port.query(
                "INSERT INTO mysql_servers (hostgroup_id, hostname, port) VALUES (20, 'DB4', 3307), (30, 'db2', 3306)");
        port.query("UPDATE main.mysql_servers SET weight = 7, max_connections = 9 WHERE hostname = 'db2'");
        port.query("REPLACE INTO mysql_servers (hostname, status) VALUES ('db5', 'OFFLINE_HARD')");
        assertThat(port.servers.entries).hasSize(3);
        port.query("LOAD MYSQL SERVERS TO RUNTIME");
        assertThat(port.servers.entries)
                .filteredOn(entry -> !entry.discovered())
                .extracting(ServerList.Entry::settings)
                .containsExactlyInAnyOrder(
                        new ServerSettings(BackendAddress.parse("db1"), 1, 100, "here"),
                        new ServerSettings(BackendAddress.parse("db2"), 7, 9, ""),
                        new ServerSettings(BackendAddress.parse("db4:3307"), 1, 100, ""));
        port.query("DELETE FROM mysql_servers");
        port.query("save mysql servers to mem;");
        assertThat(port.query("SELECT DISTINCT hostname FROM mysql_servers ORDER BY 1"))
                .containsExactly(List.of("db1"), List.of("db2"), List.of("db3"), List.of("db4"));
        port.query("LOAD MYSQL SERVERS FROM CONFIG");
        assertThat(port.query("SELECT * FROM mysql_servers")).hasSize(2);
    }

    @Test
    void a_load_names_all_that_is_wrong_and_changes_nothing() throws SQLException {
        List<ServerList.Entry> before = List.copyOf(port.servers.entries);
        port.query("UPDATE mysql_servers SET status = 'OFFLINE_SOFT', use_ssl = 1 WHERE hostname = 'db1'");
        port.query("INSERT INTO mysql_servers (hostgroup_id, hostname, status) VALUES (40, 'db7', 'ONLINE'),"
                + " (30, 'db8', 'ONLINE'), (10, 'db9', 'OFFLINE_SOFT')");
        port.query("INSERT INTO mysql_servers (hostgroup_id, hostname, weight) VALUES (20, 'db2', 5)");
        assertThatThrownBy(() -> port.query("LOAD MYSQL SERVERS TO RUN"))
                .hasMessageContaining("nothing was loaded: ")
                .hasMessageContaining("db1:3306 has a use_ssl, which is not set for one server; leave it 0")
                .hasMessageContaining("db1:3306 is the source and cannot be OFFLINE_SOFT")
                .hasMessageContaining("db2:3306 has rows that differ")
                .hasMessageContaining("db7:3306 is in hostgroup 40, which there is not; use 10 or 20")
                .hasMessageContaining("db8:3306 is none of the members")
                .hasMessageContaining("db9:3306 is new and OFFLINE_SOFT");
        assertThat(port.servers.entries).isEqualTo(before);
        port.query("DELETE FROM mysql_servers");
        assertThatThrownBy(() -> port.query("LOAD MYSQL SERVERS TO RUNTIME"))
                .hasMessageContaining("no server would be");
    }

    @Test
    void hostgroups_come_before_servers() throws SQLException {
        port.servers.entries.clear();
        port.query("DELETE FROM mysql_servers");
        port.query("INSERT INTO mysql_replication_hostgroups (writer_hostgroup, reader_hostgroup) VALUES (110, 120)");
        port.query("LOAD MYSQL SERVERS TO RUNTIME");
        assertThat(port.query("SELECT writer_hostgroup FROM runtime_mysql_replication_hostgroups"))
                .containsExactly(List.of("110"));
    }

    @Test
    void rules_are_edited_and_then_loaded_whole() throws SQLException {
        assertThat(port.query("SELECT rule_id, active, match_digest, re_modifiers, destination_hostgroup, attributes,"
                        + " comment, cache_ttl FROM mysql_query_rules"))
                .containsExactly(List.of("5", "1", "^SELECT", "CASELESS", "20", "{\"unsafe\":true}", "reads", "NULL"));
        port.query("INSERT INTO mysql_query_rules (active, username, match_pattern, replace_pattern, re_modifiers,"
                + " flagIN, timeout, multiplex, log, apply) VALUES (1, 'app', 'a', 'b', 'caseless, GLOBAL', 3,"
                + " 100, 2, 0, 1)");
        port.query("LOAD MYSQL QUERY RULES TO RUNTIME");
        assertThat(port.rules.rules)
                .extracting(rule -> rule.spec().toString())
                .containsExactly(
                        "RuleSpec[id=5, active=true, match=Match[user=null, schema=null, flagIn=0, clientAddress=null,"
                                + " proxyAddress=null, proxyPort=null, digest=null, matchDigest=^SELECT,"
                                + " matchPattern=null, negate=false, caseless=true], flagOut=null,"
                                + " action=Action[hostgroup=20, unsafe=true, error=null, ok=null, replace=null,"
                                + " replacesAll=false, treatment=Treatment[timeoutMillis=null, delayMillis=null,"
                                + " retries=null, multiplex=null, log=null]], apply=false, comment=reads]",
                        "RuleSpec[id=6, active=true, match=Match[user=app, schema=null, flagIn=3, clientAddress=null,"
                                + " proxyAddress=null, proxyPort=null, digest=null, matchDigest=null, matchPattern=a,"
                                + " negate=false, caseless=true], flagOut=null, action=Action[hostgroup=null,"
                                + " unsafe=false, error=null, ok=null, replace=b, replacesAll=true,"
                                + " treatment=Treatment[timeoutMillis=100, delayMillis=null, retries=null,"
                                + " multiplex=UNCHANGED, log=false]], apply=true, comment=]");
        String all = "SELECT * FROM mysql_query_rules";
        List<List<String>> runtime = port.query("SELECT * FROM runtime_mysql_query_rules");
        port.query("SAVE MYSQL QUERY RULES TO MEMORY");
        assertThat(port.query(all)).isEqualTo(runtime).hasSize(2);
        port.query("SAVE MYSQL QUERY RULES TO DISK");
        port.query("DELETE FROM mysql_query_rules");
        port.query("LOAD MYSQL QUERY RULES TO MEMORY");
        assertThat(port.query(all)).isEqualTo(runtime);
    }

    @Test
    void rules_that_cannot_be_are_refused_together() throws SQLException {
        port.query("UPDATE mysql_query_rules SET cache_ttl = 5, re_modifiers = 'CASE' WHERE rule_id = 5");
        port.query("INSERT INTO mysql_query_rules (rule_id, mirror_hostgroup) VALUES (9, 1)");
        assertThatThrownBy(() -> port.query("LOAD MYSQL QUERY RULES TO RUNTIME"))
                .hasMessageContaining("nothing was loaded: rule 5: cache_ttl is not supported; set it to NULL")
                .hasMessageContaining("rule 5: re_modifiers is 'CASE', write CASELESS")
                .hasMessageContaining("rule 9: mirror_hostgroup is not supported");
        port.query("DELETE FROM mysql_query_rules");
        port.query("INSERT INTO mysql_query_rules (match_digest) VALUES ('(')");
        assertThatThrownBy(() -> port.query("LOAD MYSQL QUERY RULES TO RUNTIME"))
                .hasMessageContaining("is no pattern of RE2");
        refused("UPDATE mysql_query_rules SET multiplex = 3", "CHECK constraint failed");
    }

    @Test
    void offline_soft_drains_and_online_restores() throws SQLException {
        port.query("UPDATE mysql_servers SET status = 'offline_soft' WHERE hostname = 'db2'");
        port.query("INSERT INTO mysql_servers (hostname) VALUES ('db3')");
        port.query("LOAD MYSQL SERVERS FROM MEMORY");
        assertThat(port.control.orders).containsExactly("drain db2:3306 null", "restore db3:3306");
        port.query("UPDATE mysql_servers SET status = 'ONLINE'");
        port.query("DELETE FROM mysql_servers WHERE hostname = 'db3'");
        port.query("LOAD MYSQL SERVERS TO RUNTIME");
        assertThat(port.control.orders).endsWith("restore db2:3306");
    }

    @Test
    void what_is_saved_to_disk_is_there_after_a_restart() throws Exception {
        port.query("UPDATE mysql_servers SET weight = 9");
        port.query("SAVE MYSQL SERVERS TO DISK");
        assertThat(port.query("SELECT weight FROM disk.mysql_servers")).hasSize(2);
        Path file = directory.resolve("admin.db");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        port.close();
        open("admin.db");
        assertThat(port.query("SELECT sum(weight) FROM mysql_servers")).containsExactly(List.of("3"));
        port.query("LOAD MYSQL SERVERS FROM DISK");
        assertThat(port.query("SELECT sum(weight) FROM mysql_servers")).containsExactly(List.of("18"));
    }

    @Test
    void without_a_disk_saving_is_refused() throws Exception {
        port.close();
        open("");
        assertThatThrownBy(() -> port.query("SAVE MYSQL SERVERS TO DISK")).hasMessageContaining("set admin.database");
        assertThatThrownBy(() -> port.query("LOAD MYSQL SERVERS TO MEMORY")).hasMessageContaining("set admin.database");
    }

    @Test
    void the_numbers_of_both_roles_come_with_the_servers() throws SQLException {
        String numbers = "SELECT writer_hostgroup, reader_hostgroup, comment FROM ";
        port.query("INSERT INTO mysql_replication_hostgroups (writer_hostgroup, reader_hostgroup, comment) VALUES"
                + " (100, 200, 'shop')");
        port.query("UPDATE mysql_servers SET hostgroup_id = 200 WHERE hostname = 'db2'");
        port.query("LOAD MYSQL SERVERS TO RUNTIME");
        assertThat(port.query(numbers + "runtime_mysql_replication_hostgroups"))
                .containsExactly(List.of("100", "200", "shop"));
        assertThat(port.query("SELECT hostgroup_id FROM runtime_mysql_servers WHERE hostname = 'db1'"))
                .containsExactly(List.of("100"));
        assertThat(port.rules.hostgroups().byId(20))
                .as("the file's number stays")
                .isNotNull();
        assertThat(port.query("SLUICE DIFF").toString()).contains("MYSQL REPLICATION HOSTGROUPS, 100:200, (row)");
        port.query("SAVE MYSQL SERVERS TO DISK");
        port.query("DELETE FROM mysql_replication_hostgroups");
        port.query("UPDATE mysql_servers SET hostgroup_id = 10");
        port.query("LOAD MYSQL SERVERS TO RUNTIME");
        assertThat(port.query(numbers + "runtime_mysql_replication_hostgroups"))
                .containsExactly(List.of("10", "20", ""));
        port.query("LOAD MYSQL SERVERS FROM DISK");
        assertThat(port.query(numbers + "mysql_replication_hostgroups")).containsExactly(List.of("100", "200", "shop"));
    }

    @Test
    void numbers_and_servers_are_loaded_together_or_not_at_all() throws SQLException {
        String insert = "INSERT INTO mysql_replication_hostgroups (writer_hostgroup, reader_hostgroup) VALUES ";
        port.query(insert + "(100, 200)");
        port.query("UPDATE mysql_servers SET hostgroup_id = 300 WHERE hostname = 'db2'");
        refused("LOAD MYSQL SERVERS TO RUNTIME", "db2:3306 is in hostgroup 300, which there is not; use 100 or 200");
        assertThat(port.rules.hostgroups().ofSource().id()).isEqualTo(10);
        port.query(insert + "(101, 201)");
        refused("LOAD MYSQL SERVERS TO RUNTIME", "has 2 rows, but a Sluice serves the servers of one source");
        port.query("DELETE FROM mysql_replication_hostgroups");
        port.query(insert + "(100, 30)");
        refused("LOAD MYSQL SERVERS TO RUNTIME", "hostgroup 30 has members in the configuration file");
        refused(insert + "(5, 5)", "CHECK constraint failed");
    }

    @Test
    void a_disk_that_cannot_be_is_named_at_the_start() {
        port.close();
        assertThatThrownBy(() -> open("nowhere/admin.db"))
                .hasMessageContaining("admin.database: cannot open ")
                .hasMessageContaining("name a file in a directory where this user may write");
        assertThatThrownBy(() -> open("sluice.yaml")).hasMessageContaining("admin.database: cannot open ");
    }

    @Test
    void every_wrong_change_says_what_would_work() {
        refused("UPDATE runtime_mysql_servers SET weight = 1", "change main.mysql_servers, then LOAD MYSQL SERVERS TO");
        refused("DELETE FROM disk.mysql_servers", "and SAVE MYSQL SERVERS TO DISK");
        refused("DELETE FROM runtime_mysql_replication_hostgroups", "then LOAD MYSQL SERVERS TO RUNTIME and SAVE");
        refused("INSERT INTO mysql_servers (hostname) VALUES ('db1')", "UNIQUE constraint failed");
        refused("UPDATE mysql_servers SET port = 70000", "SHOW CREATE TABLE shows what values a column takes");
        refused("UPDATE nowhere SET a = 1", "no such table: nowhere");
        refused("LOAD LDAP USERS TO RUNTIME", "there is no LDAP USERS to load or save here");
        refused("LOAD MYSQL SERVERS TO HEAVEN", "that is no way to load or save; write LOAD module TO RUNTIME");
    }

    private void refused(String sql, String why) {
        assertThatThrownBy(() -> port.query(sql)).as(sql).hasMessageContaining(why);
    }
}
