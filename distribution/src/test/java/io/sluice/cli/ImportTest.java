// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.config.SluiceConfig;
import io.sluice.core.config.UserSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Configurations of ProxySQL, made ones of Sluice. */
class ImportTest {
    private static final String FILE = """
        # a comment
        datadir="/var/lib/proxysql"
        admin_variables =
        {
            admin_credentials="admin:s3cret;radmin:radmin"
            stats_credentials="stats:stats"
            mysql_ifaces="127.0.0.1:6032;/tmp/proxysql_admin.sock"
        }
        mysql_variables=
        {
            threads=4   // a comment, too
            max_connections=2048
            interfaces="127.0.0.1:6033;/tmp/proxysql.sock"
            monitor_username="watch"
            monitor_password="pa${x}ss"
            connect_timeout_server=3000
            connect_timeout_server_max=20000
            connect_timeout_client=5000
            max_stmts_per_connection=20
            connection_max_age_ms=0
            poll_timeout=2000
        };
        /* and a third
           kind */
        mysql_servers =
        (
            { address="db1", port=3306, hostgroup=10, max_connections=200 },
            { address="db2", port=3307, hostgroup=20, weight=5, max_replication_lag=3 },
            { address="db1", hostgroup=20, weight=1 },
            { address="db3" , port=3306 , hostgroup=30 }
        )
        mysql_users: (
            { username = "app", password = "one", default_hostgroup = 10, active = 1, fast_forward=1 },
            { username = "old", password = "*14E65567ABDB5135D0CFD9A70B3032C179A49EE7",
              default_hostgroup = 99, active = 0, max_connections=50 }
        )
        mysql_query_rules: (
            { rule_id=1, active=1, match_pattern="^SELECT .* FOR UPDATE$", destination_hostgroup=10, apply=1 },
            { rule_id=2, active=1, match_digest="^SELECT", destination_hostgroup=20, apply=1, cache_ttl=5000 },
            { rule_id=3, active=1, digest="0x38BE36BDFFDBE638", destination_hostgroup=20, apply=1 },
            { rule_id=4, active=1, match_digest="(?!x)", destination_hostgroup=20, apply=1 },
            { rule_id=5, active=1, match_digest="x", destination_hostgroup=77, apply=1 }
        )
        mysql_replication_hostgroups=
        (
            { writer_hostgroup=10, reader_hostgroup=20, comment="the shop" },
            { writer_hostgroup=40, reader_hostgroup=50, comment="another" }
        )
        scheduler= ( { id=1, active=0, interval_ms=10000, filename="/bin/true" } )
        """;

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("origin"), text);
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(
                "import",
                file.toString(),
                "-o",
                directory.resolve("sluice.yaml").toString());
    }

    private SluiceConfig made() throws Exception {
        return SluiceConfig.load(directory.resolve("sluice.yaml"), Map.of());
    }

    @Test
    void a_configuration_file_becomes_one_of_sluice_and_the_rest_is_told() throws Exception {
        assertThat(run(FILE)).as(err.toString()).isZero();
        SluiceConfig made = made();
        assertThat(made.servers())
                .extracting(server -> server.address() + " " + server.weight() + " " + server.maxConnections())
                .containsExactly("db1:3306 1 200", "db2:3307 5 100", "db3:3306 1 100");
        assertThat(made.hostgroups())
                .extracting(hostgroup -> hostgroup.id() + " " + hostgroup.role())
                .containsExactly("10 SOURCE", "20 REPLICAS", "30 MEMBERS");
        assertThat(made.users()).extracting(UserSettings::name).containsExactly("app", "old");
        assertThat(made.isActive("old")).isFalse();
        assertThat(made.defaultHostgroups()).containsOnly(Map.entry("app", 10));
        assertThat(made.rules()).extracting(rule -> rule.id()).containsExactly(1, 2);
        assertThat(made.monitor().password().reveal()).isEqualTo("pa${x}ss");
        assertThat(made.mysql().maxClients()).isEqualTo(2048);
        assertThat(made.mysql().handshakeTimeout()).hasSeconds(5);
        assertThat(made.pool().acquireTimeout()).hasSeconds(20);
        assertThat(made.pool().maxPreparedStatements()).isEqualTo(20);
        assertThat(made.pool().maxAge()).hasMinutes(30);
        assertThat(Objects.toString(made.mysql().socket())).endsWith("/tmp/proxysql.sock");
        assertThat(made.admin().users()).hasSize(3);
        assertThat(err.toString())
                .contains("line 28: mysql_servers: db2:3307: max_replication_lag is not set for one server; set")
                .contains("mysql_users: app: fast_forward; all users share connections")
                .contains("mysql_users: old: default_hostgroup 99 has no server")
                .contains("rule 2: cache_ttl is not supported, the rest of the rule is")
                .contains("rule 3: is left out: digest is ProxySQL's number")
                .contains("rule 4: is left out: match_digest is no pattern of RE2")
                .contains("rule 5: is left out: destination_hostgroup 77 has no server")
                .contains("line 47: mysql_replication_hostgroups: is a second topology")
                .contains("scheduler: 1 row is of something that Sluice has not")
                .contains("mysql-threads = 4: there is an event loop for each processor; set mysql.threads for")
                .contains("variables without a counterpart: mysql-poll_timeout;")
                .doesNotContain("s3cret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("sluice.yaml"))))
                .isEqualTo("rw-------");
        assertThat(run(FILE)).as("it is there already").isEqualTo(2);
    }

    @Test
    void a_dump_of_sqlite_is_read_by_the_columns_of_its_tables() throws Exception {
        assertThat(run("""
            PRAGMA foreign_keys=OFF;
            BEGIN TRANSACTION;
            CREATE TABLE mysql_servers (hostgroup_id INT CHECK (hostgroup_id>=0) NOT NULL DEFAULT 0 , hostname VARCHAR NOT
             NULL , port INT CHECK (port >= 0 AND port <= 65535) NOT NULL DEFAULT 3306 , gtid_port INT NOT NULL DEFAULT 0 ,
             status VARCHAR CHECK (UPPER(status) IN ('ONLINE','SHUNNED')) NOT NULL DEFAULT 'ONLINE' , weight INT , PRIMARY KEY
             (hostgroup_id, hostname, port) );
            INSERT INTO mysql_servers VALUES(0,'db1',3306,0,'ONLINE',1);
            INSERT INTO mysql_servers VALUES(1,'db2',3306,0,'ONLINE',7);
            CREATE TABLE mysql_users (username VARCHAR NOT NULL , password VARCHAR , default_hostgroup INT);
            INSERT INTO mysql_users VALUES('o''neil','back\\slash',1);
            CREATE TABLE global_variables (variable_name VARCHAR NOT NULL PRIMARY KEY , variable_value VARCHAR NOT NULL);
            INSERT INTO global_variables VALUES('mysql-monitor_username','watch');
            INSERT INTO global_variables VALUES('mysql-monitor_password','w');
            CREATE TABLE runtime_mysql_servers (hostgroup_id INT);
            INSERT INTO runtime_mysql_servers VALUES(5);
            COMMIT;
            """)).as(err.toString()).isZero();
        SluiceConfig made = made();
        assertThat(made.servers()).hasSize(2);
        assertThat(made.servers().get(1).weight()).isEqualTo(7);
        UserSettings user = made.users().get(0);
        assertThat(user.name()).isEqualTo("o'neil");
        assertThat(Objects.requireNonNull(user.proof().passwords()).current().reveal())
                .isEqualTo("back\\slash");
        assertThat(made.monitor().user()).isEqualTo("watch");
    }

    @Test
    void a_dump_of_mysqldump_names_its_columns_or_has_rows_in_one_statement() throws Exception {
        assertThat(run("""
            -- MySQL dump 10.13
            /*!40101 SET NAMES utf8 */;
            INSERT INTO `mysql_servers` (`hostname`, `port`) VALUES ('db1',3306),('db2',3306);
            REPLACE INTO main.mysql_users (username,password,active) VALUES ('it\\'s','x;y',1);
            """)).as(err.toString()).isZero();
        assertThat(made().servers()).hasSize(2);
        assertThat(made().users()).extracting(UserSettings::name).containsExactly("it's");
    }

    @Test
    void what_is_no_such_file_is_told_with_its_place() throws Exception {
        assertThat(run("mysql_variables=\n{\n  threads 4\n}\n")).isEqualTo(2);
        assertThat(err.toString()).contains("origin:3:11: '=' is expected after threads, not '4'");
        assertThat(run("mysql_servers = ( { address=\"db1\" ")).isEqualTo(2);
        assertThat(err.toString()).contains("origin:1:").contains("is expected, not the end of the file");
        assertThat(run("INSERT INTO mysql_servers VALUES (1, 'db1');")).isEqualTo(2);
        assertThat(err.toString()).contains("the columns of mysql_servers are not known; dump its CREATE TABLE");
        assertThat(run("INSERT INTO mysql_servers (a) VALUES ('db1);")).isEqualTo(2);
        assertThat(err.toString()).contains("the file ends in the middle of something");
        assertThat(directory.resolve("sluice.yaml")).doesNotExist();
    }

    @Test
    void what_lacks_a_server_is_written_and_told() throws Exception {
        assertThat(run("mysql_users: ( { username=\"a\", password=\"b\" } )")).isEqualTo(1);
        assertThat(err.toString()).contains("names no server that can be used").contains("names no MySQL server");
        assertThat(directory.resolve("sluice.yaml")).exists();
    }
}
