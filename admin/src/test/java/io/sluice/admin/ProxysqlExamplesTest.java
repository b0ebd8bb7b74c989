// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The statements by which ProxySQL is shown to those who learn it, as they are. */
class ProxysqlExamplesTest {
    @TempDir
    private Path directory;

    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        port = AdminPortFixture.ofFile(directory, """
                servers: [{address: 10.0.0.1}]
                monitor: {user: monitor, password: monitor}
                hostgroups: [{id: 10, role: source}, {id: 20, role: replicas}]
                admin: {database: admin.db}
                """);
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void servers() throws SQLException {
        port.view.topology = new Topology(
                1,
                List.of(
                        FakeView.member("127.0.0.1:21891", Role.SOURCE, true, Duration.ZERO, ""),
                        FakeView.member("127.0.0.1:21892", Role.REPLICA, true, Duration.ZERO, ""),
                        FakeView.member("127.0.0.1:21893", Role.REPLICA, true, Duration.ZERO, "")),
                "");
        port.run(
                "SELECT * FROM mysql_servers",
                "DELETE FROM mysql_servers",
                "INSERT INTO mysql_servers(hostgroup_id,hostname,port) VALUES (0,'127.0.0.1',21891);",
                "INSERT INTO mysql_servers(hostgroup_id,hostname,port) VALUES (1,'127.0.0.1',21892), (1,'127.0.0.1',21893);",
                "SELECT hostgroup_id,hostname,port,status FROM mysql_servers;",
                "LOAD MYSQL SERVERS TO RUNTIME;",
                "SELECT hostgroup_id,hostname,port,status,weight FROM runtime_mysql_servers",
                "SAVE MYSQL SERVERS TO DISK;",
                "UPDATE mysql_servers SET max_connections=10 WHERE hostname='127.0.0.1' AND port=21892;",
                "UPDATE mysql_servers SET weight=1000 WHERE hostgroup_id=1",
                "UPDATE mysql_servers SET status='OFFLINE_SOFT' WHERE port=21893;",
                "LOAD MYSQL SERVERS FROM MEMORY",
                "UPDATE mysql_servers SET status='OFFLINE_HARD' WHERE port=21893;",
                "LOAD MYSQL SERVERS TO RUN",
                "DELETE FROM mysql_servers WHERE hostgroup_id=1 AND hostname IN ('127.0.0.1') AND port=21893",
                "LOAD MYSQL SERVERS TO RUNTIME",
                "SAVE MYSQL SERVERS FROM RUNTIME",
                "SAVE MYSQL SERVERS TO MEM",
                "SAVE MYSQL SERVERS FROM MEM",
                "LOAD MYSQL SERVERS FROM DISK",
                "LOAD MYSQL SERVERS FROM CONFIG",
                "SELECT * FROM mysql_replication_hostgroups",
                "INSERT INTO mysql_replication_hostgroups (writer_hostgroup,reader_hostgroup,comment) VALUES"
                        + " (1,2,'cluster1');",
                "LOAD MYSQL SERVERS TO RUNTIME",
                "SAVE MYSQL SERVERS TO DISK",
                "SELECT * FROM runtime_mysql_replication_hostgroups",
                "UPDATE mysql_replication_hostgroups SET check_type='super_read_only' WHERE writer_hostgroup=1",
                "LOAD MYSQL SERVERS TO RUNTIME",
                "SELECT * FROM stats.stats_mysql_connection_pool",
                "SELECT * FROM stats_mysql_connection_pool ORDER BY hostgroup, srv_host, srv_port",
                "SELECT * FROM monitor.mysql_server_ping_log ORDER BY time_start_us DESC LIMIT 3");
        refused(Map.of(
                "INSERT INTO mysql_replication_hostgroups VALUES (1,2,'cluster1')",
                "4 columns but 3 values",
                "INSERT INTO mysql_group_replication_hostgroups (writer_hostgroup) VALUES (2)",
                "list one of them or all in mysql_servers",
                "REPLACE INTO main.mysql_galera_hostgroups VALUES (0, 2, 1, 3, 1, 1, 0, 0, '')",
                "is discovered",
                "INSERT INTO mysql_hostgroup_attributes (hostgroup_id) VALUES (1)",
                "pool and hostgroups"));
    }

    @Test
    void servers_that_are_not_as_here_are_refused_at_the_load() throws SQLException {
        port.run(
                "INSERT INTO mysql_servers (hostgroup_id, hostname, port, max_replication_lag) VALUES (1,'172.16.0.2',3306,1)",
                "INSERT INTO mysql_servers (hostgroup_id, hostname, port) VALUES (555,'172.16.0.3',3306)");
        refused(Map.of("LOAD MYSQL SERVERS TO RUNTIME", "monitor.max_lag"));
        refused(Map.of("LOAD MYSQL SERVERS TO RUNTIME", "hostgroup 555, which there is not; use 10 or 20"));
    }

    @Test
    void users() throws SQLException {
        port.run(
                "SELECT * FROM mysql_users",
                "INSERT INTO mysql_users(username,password,default_hostgroup) VALUES ('root','',10);",
                "INSERT INTO mysql_users(username,password,default_hostgroup) VALUES ('msandbox','msandbox',10);",
                "INSERT INTO mysql_users(username,password) VALUES ('user1','password1'), ('user2','password2');",
                "INSERT INTO mysql_users(username,active,password) VALUES ('user3',1,'*14E65567ABDB5135D0CFD9A70B3032C179A49EE7')",
                "SELECT username,active,password,max_connections FROM mysql_users",
                "LOAD MYSQL USERS TO RUNTIME;",
                "SAVE MYSQL USERS TO DISK;",
                "SAVE MYSQL USERS FROM RUNTIME",
                "UPDATE mysql_users SET default_hostgroup=20, active=0 WHERE username='root'",
                "UPDATE mysql_users SET max_connections=100 WHERE username='user1'",
                "LOAD MYSQL USERS FROM MEMORY",
                "DELETE FROM mysql_users WHERE username='user2'",
                "LOAD MYSQL USERS TO RUN",
                "SELECT username, default_hostgroup FROM runtime_mysql_users",
                "SELECT * FROM stats_mysql_users");
        port.run("UPDATE mysql_users SET fast_forward=1 WHERE username='user1'");
        refused(Map.of("LOAD MYSQL USERS TO RUNTIME", "fast_forward is 1, which is not supported; set it to 0"));
    }

    @Test
    void rules() throws SQLException {
        port.run(
                "SELECT * FROM mysql_query_rules",
                "INSERT INTO mysql_query_rules (rule_id,active,username,match_digest,destination_hostgroup,apply) VALUES"
                        + " (10,1,'msandbox','^SELECT c FROM sbtest1 WHERE id=\\?$',20,1);",
                "INSERT INTO mysql_query_rules (rule_id,active,match_digest,destination_hostgroup,apply) VALUES"
                        + " (1,1,'^SELECT.*FOR UPDATE$',10,1), (2,1,'^SELECT',20,1);",
                "INSERT INTO mysql_query_rules (rule_id,active,username,match_pattern,replace_pattern,apply) VALUES"
                        + " (30,1,'root','DISTINCT(.*)ORDER BY c','DISTINCT\\1',1);",
                "INSERT INTO mysql_query_rules (active,digest,destination_hostgroup,apply) VALUES"
                        + " (1,'0x38BE36BDFFDBE638',20,1)",
                "INSERT INTO mysql_query_rules (rule_id,active,match_digest,error_msg,apply) VALUES"
                        + " (60,1,'^DROP','not today',1)",
                "SELECT rule_id, match_digest,destination_hostgroup hg,apply FROM mysql_query_rules WHERE active=1",
                "LOAD MYSQL QUERY RULES TO RUNTIME;",
                "SAVE MYSQL QUERY RULES TO DISK;",
                "UPDATE mysql_query_rules SET flagOUT=1000 WHERE rule_id=2",
                "UPDATE mysql_query_rules SET active=0 WHERE rule_id IN (30, 60)",
                "LOAD MYSQL QUERY RULES FROM MEM",
                "SELECT hits, mysql_query_rules.rule_id, digest, active, username, match_digest, match_pattern,"
                        + " replace_pattern, cache_ttl, apply FROM mysql_query_rules NATURAL JOIN"
                        + " stats.stats_mysql_query_rules ORDER BY mysql_query_rules.rule_id",
                "SELECT digest,SUBSTR(digest_text,0,25),count_star,sum_time FROM stats_mysql_query_digest WHERE"
                        + " digest_text LIKE 'SELECT%' ORDER BY sum_time DESC LIMIT 5",
                "SELECT hostgroup hg, sum_time, count_star, digest_text FROM stats_mysql_query_digest ORDER BY sum_time DESC;",
                "SELECT 1 FROM stats_mysql_query_digest_reset LIMIT 1",
                "SELECT * FROM stats_mysql_commands_counters WHERE Total_cnt",
                "DELETE FROM mysql_query_rules",
                "LOAD MYSQL QUERY RULES TO RUNTIME");
        port.run(
                "INSERT INTO mysql_query_rules (rule_id,active,match_digest,cache_ttl,apply) VALUES (5,1,'^SELECT',5000,1)");
        refused(Map.of(
                "LOAD MYSQL QUERY RULES TO RUNTIME", "cache_ttl",
                "INSERT INTO mysql_query_rules_fast_routing VALUES ('u','s',0,1,'')", "a row of mysql_query_rules"));
    }

    @Test
    void variables() throws SQLException {
        port.run(
                "SELECT * FROM global_variables WHERE variable_name LIKE 'mysql-monitor_%'",
                "SHOW VARIABLES",
                "SHOW MYSQL VARIABLES",
                "SHOW ADMIN VARIABLES",
                "SHOW ALL VARIABLES",
                "SHOW GLOBAL VARIABLES LIKE 'mysql-%'",
                "UPDATE global_variables SET variable_value='monitor' WHERE variable_name='mysql-monitor_username';",
                "UPDATE global_variables SET variable_value='monitor' WHERE variable_name='mysql-monitor_password';",
                "UPDATE global_variables SET variable_value='2000' WHERE variable_name IN"
                        + " ('mysql-monitor_connect_interval','mysql-monitor_ping_interval','mysql-monitor_read_only_interval');",
                "SELECT * FROM global_variables WHERE variable_name LIKE 'mysql-monitor_%';",
                "LOAD MYSQL VARIABLES TO RUNTIME;",
                "SAVE MYSQL VARIABLES TO DISK;",
                "SET mysql-max_connections=4096",
                "SET mysql-wait_timeout = 28800000;",
                "SET mysql-server_version='5.7.30'",
                "LOAD MYSQL VARIABLES FROM MEMORY",
                "SELECT @@mysql-max_connections",
                "SELECT variable_value FROM runtime_global_variables WHERE variable_name='mysql-max_connections'",
                "SET admin-hash_passwords='true'",
                "LOAD ADMIN VARIABLES TO RUNTIME;",
                "SAVE ADMIN VARIABLES TO DISK;",
                "LOAD MYSQL VARIABLES FROM DISK",
                "LOAD MYSQL VARIABLES FROM CONFIG",
                "SAVE MYSQL VARIABLES FROM RUNTIME");
        Map<String, String> refused = new LinkedHashMap<>();
        refused.put(
                "UPDATE global_variables SET variable_value=1900 WHERE variable_name='admin-refresh_interval'",
                "no variable");
        refused.put("SET admin-refresh_interval = 1700", "no variable admin-refresh_interval");
        refused.put("SET mysql-query_cache_size_MB=256", "no query cache");
        refused(refused);
        port.run("SET admin-admin_credentials='admin:admin;radminuser:radminpass'", "SET admin-version = '1.1.1beta8'");
        refused(Map.of("LOAD ADMIN VARIABLES TO RUNTIME", "change admin.users"));
        port.run("SET mysql-interfaces='0.0.0.0:6033;/tmp/proxysql.sock'");
        refused(Map.of(
                "LOAD MYSQL VARIABLES TO RUNTIME", "change mysql.listen in the configuration file, and restart"));
    }

    @Test
    void looks_and_commands() throws SQLException {
        port.run(
                "SHOW DATABASES",
                "SHOW TABLES",
                "SHOW TABLES FROM main",
                "SHOW TABLES FROM disk",
                "SHOW TABLES FROM stats",
                "SHOW TABLES FROM monitor",
                "SHOW TABLES LIKE 'mysql_%'",
                "SHOW CREATE TABLE mysql_servers",
                "SHOW CREATE TABLE disk.mysql_users",
                "SHOW CREATE TABLE stats.stats_mysql_query_digest",
                "SHOW PROCESSLIST",
                "SHOW FULL PROCESSLIST",
                "SHOW MYSQL STATUS",
                "SELECT * FROM stats_mysql_processlist",
                "SELECT * FROM stats.stats_mysql_global WHERE variable_name LIKE 'Client_Connections%'",
                "SELECT * FROM stats_memory_metrics",
                "SELECT * FROM stats_mysql_errors",
                "PROXYSQL PAUSE",
                "PROXYSQL RESUME",
                "PROXYSQL FLUSH LOGS",
                "PROXYSQL FLUSH QUERY CACHE",
                "KILL CONNECTION 7");
        refused(Map.of(
                "PROXYSQL RESTART", "systemctl restart",
                "INSERT INTO proxysql_servers VALUES ('10.0.0.9', 6032, 0, '')", "there is no cluster",
                "INSERT INTO mysql_firewall_whitelist_users VALUES (1, 'u', '', 'DETECTING', '')", "error_msg",
                "LOAD PGSQL USERS TO RUNTIME", "MySQL and MariaDB alone",
                "INSERT INTO scheduler (id,interval_ms,filename) VALUES (1,1000,'/bin/ls')", "systemd timer",
                "SELECT * FROM runtime_checksums_values", "there is no cluster"));
    }

    @Test
    void what_is_not_there_is_empty_rather_than_missing() throws SQLException {
        for (String table : List.of(
                "scheduler",
                "proxysql_servers",
                "restapi_routes",
                "mysql_galera_hostgroups",
                "mysql_group_replication_hostgroups",
                "mysql_aws_aurora_hostgroups",
                "mysql_hostgroup_attributes",
                "mysql_servers_ssl_params",
                "mysql_query_rules_fast_routing",
                "mysql_firewall_whitelist_users",
                "mysql_firewall_whitelist_rules",
                "mysql_firewall_whitelist_sqli_fingerprints")) {
            port.run(
                    "DELETE FROM " + table,
                    "UPDATE " + table
                            + " SET comment = 'x'"
                                    .replace("comment", table.endsWith("fingerprints") ? "fingerprint" : "comment"));
            assertThat(port.query("SELECT * FROM " + table)).isEmpty();
            assertThat(port.query("SELECT * FROM runtime_" + table)).isEmpty();
            assertThat(port.query(
                            "SELECT TABLE_COMMENT FROM information_schema.TABLES WHERE TABLE_NAME = '" + table + "'"))
                    .singleElement()
                    .satisfies(row -> assertThat(row.get(0)).startsWith("has no rows here: "));
        }
        port.run(
                "LOAD SCHEDULER TO RUNTIME",
                "SAVE SCHEDULER TO DISK",
                "LOAD PROXYSQL SERVERS FROM DISK",
                "SAVE PROXYSQL SERVERS TO DISK",
                "LOAD MYSQL FIREWALL TO RUNTIME",
                "LOAD RESTAPI TO RUNTIME");
    }

    private void refused(Map<String, String> statements) {
        statements.forEach((sql, why) -> assertThatThrownBy(() -> port.query(sql))
                .as(sql)
                .isInstanceOf(SQLException.class)
                .hasMessageContaining(why));
    }
}
