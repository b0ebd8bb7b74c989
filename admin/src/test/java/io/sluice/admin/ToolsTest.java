// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tools send by themselves. */
class ToolsTest {
    private AdminPortFixture port;

    @BeforeEach
    void open() throws Exception {
        port = new AdminPortFixture();
    }

    @AfterEach
    void close() {
        port.close();
    }

    @Test
    void the_command_line_client() throws SQLException {
        port.run(
                "select @@version_comment limit 1",
                "select USER()",
                "SELECT DATABASE()",
                "show databases",
                "show tables",
                "select DATABASE(), USER() limit 1",
                "select @@character_set_client, @@character_set_connection, @@character_set_server,"
                        + " @@character_set_database limit 1",
                "SHOW WARNINGS");
        for (String variable : List.of("$$", "?", "@a", ":b", "@@mysql-threads + $1")) {
            assertThatThrownBy(() -> port.query("select " + variable))
                    .as(variable)
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void mycli() throws SQLException {
        port.run("show tables", "SHOW GLOBAL STATUS;", "SELECT DATABASE(), USER();", "SELECT CONNECTION_ID()");
        assertThat(port.query("SHOW GLOBAL VARIABLES;"))
                .contains(List.of("protocol_version", "10"), List.of("version_comment", "Sluice admin port"));
    }

    @Test
    void mysqladmin() throws SQLException {
        port.run(
                "select @@version_comment limit 1",
                "show processlist",
                "show full processlist",
                "show /*!40003 GLOBAL */ variables",
                "show /*!50002 GLOBAL */ status",
                "flush logs",
                "KILL 7");
        assertThatThrownBy(() -> port.query("shutdown")).hasMessageContaining("PROXYSQL PAUSE | RESUME | SHUTDOWN");
        assertThatThrownBy(() -> port.query("flush privileges")).hasMessageContaining("is for servers");
    }

    @Test
    void mysqldump() throws SQLException {
        port.run(
                "SELECT LOGFILE_GROUP_NAME, FILE_NAME, TOTAL_EXTENTS, INITIAL_SIZE, ENGINE, EXTRA FROM"
                        + " INFORMATION_SCHEMA.FILES WHERE FILE_TYPE = 'UNDO LOG' AND FILE_NAME IS NOT NULL GROUP BY"
                        + " LOGFILE_GROUP_NAME, FILE_NAME, ENGINE, TOTAL_EXTENTS, INITIAL_SIZE ORDER BY LOGFILE_GROUP_NAME",
                "SELECT DISTINCT TABLESPACE_NAME, FILE_NAME, LOGFILE_GROUP_NAME, EXTENT_SIZE, INITIAL_SIZE, ENGINE FROM"
                        + " INFORMATION_SCHEMA.FILES WHERE FILE_TYPE = 'DATAFILE' ORDER BY TABLESPACE_NAME",
                "SELECT COLUMN_NAME, JSON_EXTRACT(HISTOGRAM, '$.\"number-of-buckets-specified\"') FROM"
                        + " information_schema.COLUMN_STATISTICS WHERE SCHEMA_NAME = 'main'",
                "LOCK TABLES `mysql_servers` READ /*!32311 LOCAL */,`mysql_users` READ /*!32311 LOCAL */",
                "SAVEPOINT sp",
                "show fields from `mysql_servers`",
                "SELECT /*!40001 SQL_NO_CACHE */ * FROM `mysql_servers`",
                "SHOW TRIGGERS LIKE 'mysql\\_servers'",
                "ROLLBACK TO SAVEPOINT sp",
                "RELEASE SAVEPOINT sp",
                "UNLOCK TABLES",
                "LOCK TABLES `mysql_servers` WRITE",
                "/*!40000 ALTER TABLE `mysql_servers` DISABLE KEYS */",
                "REPLACE INTO `mysql_servers` VALUES (0,'db1',3306,0,'ONLINE',1,0,100,0,0,0,'')");
    }

    @Test
    void adminer_and_perl() throws SQLException {
        assertThat(port.query("SELECT DATABASE(), USER(), CONNECTION_ID() > 0, upper(schema()),"
                        + " VERSION() = '8.4.0-Sluice-0.1.0', length(NOW())"))
                .containsExactly(List.of("main", "admin", "1", "MAIN", "1", "19"));
        assertThat(port.query("SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND"
                        + " TABLE_NAME = 'mysql_users'"))
                .hasSize(1);
        assertThat(port.query("SHOW TABLE STATUS FROM `stats` LIKE 'stats\\_mysql\\_global'"))
                .singleElement()
                .satisfies(row -> assertThat(row).startsWith("stats_mysql_global", "SQLite"));
        assertThat(port.query("SHOW TABLE STATUS"))
                .hasSameSizeAs(port.query("SHOW TABLES"))
                .extracting(row -> row.get(0))
                .contains("mysql_servers");
        assertThat(port.query("SHOW INDEX FROM `mysql_servers`"))
                .extracting(row -> row.subList(0, 5))
                .containsExactly(
                        List.of("mysql_servers", "0", "PRIMARY", "1", "hostgroup_id"),
                        List.of("mysql_servers", "0", "PRIMARY", "2", "hostname"),
                        List.of("mysql_servers", "0", "PRIMARY", "3", "port"));
        assertThat(port.query("DESCRIBE `main`.`mysql_servers` '%'")).hasSize(12);
        assertThat(port.query("SHOW FULL COLUMNS FROM `mysql_servers` LIKE 'status'"))
                .containsExactly(
                        List.of("status", "VARCHAR", "NULL", "NO", "", "ONLINE", "", "select,insert,update", ""));
        assertThat(port.query("DESC mysql_query_rules rule_id"))
                .containsExactly(List.of("rule_id", "INTEGER", "NO", "PRI", "NULL", "auto_increment"));
    }

    @Test
    void mysql_workbench() throws SQLException {
        port.run(
                "SET NAMES 'utf8mb4'",
                "SET CHARACTER SET utf8",
                "SET SQL_SAFE_UPDATES=1",
                "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                "SET CHARACTER SET utf8",
                "set autocommit=1",
                "SHOW SESSION VARIABLES LIKE 'lower_case_table_names'",
                "SHOW SESSION VARIABLES LIKE 'sql_mode'",
                "SHOW SESSION VARIABLES LIKE 'version_comment'",
                "SHOW SESSION VARIABLES LIKE 'version'",
                "SHOW SESSION STATUS LIKE 'Ssl_cipher'",
                "SELECT current_user()",
                "SELECT DATABASE()",
                "SHOW DATABASES",
                "SHOW PLUGINS",
                "SHOW ENGINES",
                "SHOW CHARSET",
                "SHOW COLLATION",
                "SHOW GLOBAL STATUS",
                "SHOW GLOBAL VARIABLES",
                "SHOW FULL TABLES FROM `main`",
                "SHOW PROCEDURE STATUS WHERE Db='main'",
                "SHOW FUNCTION STATUS WHERE Db='main'",
                "SHOW FULL COLUMNS FROM `main`.`mysql_users`",
                "SHOW INDEXES FROM `main`.`mysql_users`",
                "SHOW TRIGGERS FROM `main`",
                "SHOW GRANTS");
        assertThat(port.query("SELECT CONNECTION_ID()").get(0).get(0)).isNotEqualTo("0");
        assertThat(port.query("SHOW STATUS LIKE 'ProxySQL\\_Up%'")).hasSize(1);
    }

    @Test
    void dbeaver_and_others_over_jdbc() throws SQLException {
        try (Connection connection = port.connect("stats", "operator", "secret")) {
            connection.setAutoCommit(false);
            connection.commit();
            connection.setAutoCommit(true);
            connection.setReadOnly(true);
            connection.setReadOnly(false);
            assertThat(connection.isValid(1)).isTrue();
            assertThat(connection.getCatalog()).isEqualTo("stats");
            connection.setCatalog("main");
            assertThat(connection.getTransactionIsolation()).isPositive();
        }
        port.run(
                "SET SQL_SELECT_LIMIT=DEFAULT",
                "SELECT @@session.auto_increment_increment AS auto_increment_increment, @@character_set_client AS"
                        + " character_set_client, @@sql_mode AS sql_mode",
                "SELECT @@global.lower_case_table_names",
                "SHOW VARIABLES WHERE Variable_name ='language' OR Variable_name = 'net_write_timeout' OR Variable_name ="
                        + " 'wait_timeout'",
                "SHOW ENGINES",
                "SHOW STATUS");
    }

    @Test
    void drivers_write_texts_as_sqlite_reads_them() throws SQLException {
        String pattern = "^SELECT 'it''s' \\\\ \\d+ \\?$\\";
        try (Connection connection = port.connect("", "admin", "secret", "&useServerPrepStmts=false");
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO mysql_query_rules (rule_id, match_digest) VALUES (5, ?)")) {
            insert.setString(1, pattern);
            insert.execute();
        }
        assertThat(port.query("SELECT match_digest FROM mysql_query_rules")).containsExactly(List.of(pattern));
        assertThat(port.query(
                        "SELECT x'6162', typeof(X'6162'), _binary'c', _utf8mb4 'd', typeof(x'ff'), x'00', 'x', 'x'"))
                .containsExactly(List.of("ab", "text", "c", "d", "blob", "00", "x", "x"));
    }

    @Test
    void the_modules_of_ansible() throws SQLException {
        port.run(
                "SET AUTOCOMMIT = 1",
                "SELECT count(*) AS `host_count`\n               FROM mysql_servers\n               WHERE hostgroup_id ="
                        + " 0\n                 AND hostname = 'mysql01'\n                 AND port = 3306",
                "INSERT INTO mysql_servers (\n               hostgroup_id,\n               hostname,\n              "
                        + " port,\ncomment)\nVALUES (0 ,'mysql01' ,3306 ,'' )",
                "UPDATE mysql_servers\nSET status= 'ONLINE',\n    weight = 2,\n    use_ssl = 0\nWHERE hostgroup_id = 0\n"
                        + "  AND hostname = 'mysql01'\n  AND port = 3306",
                "SELECT *\n               FROM mysql_servers\n               WHERE hostgroup_id = 0",
                "LOAD MYSQL SERVERS TO RUNTIME",
                "DELETE FROM mysql_servers\n               WHERE hostgroup_id = 0\n                 AND hostname ="
                        + " 'mysql02'\n                 AND port = 3306",
                "SELECT count(*) AS `user_count`\n               FROM mysql_users\n               WHERE username ="
                        + " 'productiondba'\n                 AND backend = 1",
                "INSERT INTO mysql_users (\n               username,\n               backend,\n               frontend,\n"
                        + "active,\npassword)\nVALUES ('productiondba' ,1 ,1 ,1 ,'pass' )",
                "LOAD MYSQL USERS TO RUNTIME",
                "SELECT *\n               FROM mysql_query_rules\n               WHERE rule_id = '1'",
                "INSERT INTO mysql_query_rules (active, username, schemaname, match_pattern, destination_hostgroup,"
                        + " apply) VALUES (1, 'guest_ro', NULL, '^SELECT.*', 1, 1)",
                "SELECT count(*) AS `rule_count` FROM mysql_query_rules WHERE active = 1",
                "LOAD MYSQL QUERY RULES TO RUNTIME",
                "SELECT *\n           FROM global_variables\n           WHERE variable_name = 'mysql-max_connections'",
                "UPDATE global_variables\n           SET variable_value = 4096\n           WHERE variable_name ="
                        + " 'mysql-max_connections'",
                "SELECT * FROM mysql_replication_hostgroups",
                "SHOW TABLES");
        assertThat(port.query("select version();").get(0).get(0).split("-")[0].split("\\."))
                .hasSize(3);
        assertThatThrownBy(() ->
                        port.query("INSERT INTO scheduler (interval_ms, filename) VALUES (1000, '/opt/check.py')"))
                .hasMessageContaining("let cron or a systemd timer do so");
        assertThat(port.query("SELECT count(*) AS `host_count` FROM proxysql_servers"))
                .containsExactly(List.of("0"));
    }

    @Test
    void the_hooks_of_orchestrator() throws SQLException {
        port.run(
                "select hostname, port, status from mysql_servers where hostgroup_id = 0",
                "replace into mysql_servers (hostgroup_id, hostname, port) values (0, 'db3', 3306)",
                "delete from mysql_servers where hostgroup_id=0 and hostname='db1' and port=3306",
                "UPDATE mysql_servers SET status = 'OFFLINE_HARD' WHERE hostname = 'db4' AND port = 3306",
                "SELECT DISTINCT status FROM runtime_mysql_servers WHERE hostname = 'db3'",
                "update mysql_servers set weight=0, comment = 'failed over' where hostgroup_id = 0 and hostname = 'db9'",
                "LOAD MYSQL SERVERS TO RUNTIME;");
    }
}
