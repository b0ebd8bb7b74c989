// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What tools that list tables by information_schema are shown. */
class InformationSchemaTest {
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
    void the_tree_of_dbeaver() throws SQLException {
        assertThat(port.query("SELECT * FROM information_schema.SCHEMATA"))
                .extracting(row -> row.get(1))
                .containsExactly("main", "disk", "stats", "monitor", "information_schema");
        assertThat(port.query("SHOW FULL TABLES FROM `main`"))
                .contains(List.of("mysql_users", "BASE TABLE"), List.of("runtime_mysql_users", "BASE TABLE"));
        assertThat(port.query("SELECT * FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA='main' AND"
                        + " TABLE_NAME='mysql_servers' ORDER BY ORDINAL_POSITION"))
                .hasSize(12)
                .first()
                .satisfies(row -> assertThat(row.subList(0, 8))
                        .containsExactly("def", "main", "mysql_servers", "hostgroup_id", "1", "0", "NO", "bigint"));
        assertThat(port.query("SELECT kc.CONSTRAINT_NAME,kc.TABLE_NAME,kc.COLUMN_NAME,kc.ORDINAL_POSITION\nFROM"
                        + " INFORMATION_SCHEMA.KEY_COLUMN_USAGE kc WHERE kc.TABLE_SCHEMA='main' AND"
                        + " kc.REFERENCED_TABLE_NAME IS NULL AND kc.TABLE_NAME='mysql_servers'\nORDER BY"
                        + " kc.CONSTRAINT_NAME,kc.ORDINAL_POSITION"))
                .extracting(row -> row.get(2))
                .containsExactly("hostgroup_id", "hostname", "port");
        port.run(
                "SELECT * FROM INFORMATION_SCHEMA.STATISTICS WHERE TABLE_SCHEMA='main' AND TABLE_NAME='mysql_users' ORDER"
                        + " BY INDEX_NAME,SEQ_IN_INDEX",
                "SELECT * FROM INFORMATION_SCHEMA.ROUTINES\nWHERE ROUTINE_SCHEMA='main'\nORDER BY ROUTINE_NAME",
                "SELECT * FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA='main'",
                "SELECT * FROM information_schema.EVENTS WHERE EVENT_SCHEMA='`main`'",
                "SELECT * FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA='main' AND TABLE_NAME='mysql_users'",
                "SELECT * FROM information_schema.TABLES WHERE TABLE_SCHEMA='main' AND TABLE_NAME='mysql_users'",
                "SHOW TABLE STATUS FROM `main`",
                "SHOW FULL TRIGGERS FROM `main`",
                "SHOW TABLES FROM information_schema",
                "SHOW CREATE TABLE disk.sluice_saved",
                "DESCRIBE information_schema.columns",
                "USE information_schema");
    }

    @Test
    void what_connector_j_makes_of_show_statements() throws SQLException {
        metadata("");
    }

    @Test
    void what_connector_j_makes_of_it() throws SQLException {
        metadata("&useInformationSchema=true");
    }

    private void metadata(String option) throws SQLException {
        try (Connection connection = port.connect("main", "admin", "secret", option)) {
            DatabaseMetaData metadata = connection.getMetaData();
            assertThat(column(metadata.getCatalogs(), "TABLE_CAT")).contains("main", "stats");
            assertThat(column(metadata.getTables("main", null, "%", null), "TABLE_NAME"))
                    .contains("mysql_users", "runtime_mysql_servers");
            assertThat(column(metadata.getTables("stats", null, "dig%", new String[] {"TABLE"}), "TABLE_NAME"))
                    .containsExactly("digests");
            assertThat(column(metadata.getColumns("main", null, "mysql_servers", "%"), "COLUMN_NAME"))
                    .startsWith("hostgroup_id", "hostname", "port")
                    .hasSize(12);
            assertThat(column(metadata.getColumns("main", null, "mysql_servers", "w%"), "TYPE_NAME"))
                    .hasSize(1);
            metadata.getPrimaryKeys("main", null, "mysql_servers").close();
            metadata.getIndexInfo("main", null, "mysql_servers", false, true).close();
            metadata.getImportedKeys("main", null, "mysql_servers").close();
            metadata.getProcedures("main", null, "%").close();
            metadata.getFunctions("main", null, "%").close();
            metadata.getTablePrivileges("main", null, "mysql_servers").close();
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

    @Test
    void nothing_of_it_can_be_changed() {
        assertThatThrownBy(() -> port.query("DELETE FROM information_schema.TABLES"))
                .isInstanceOf(SQLException.class);
        assertThatThrownBy(() -> port.query("SELECT * FROM information_schema.INNODB_TRX"))
                .hasMessageContaining("SHOW TABLES FROM information_schema");
    }

    @Test
    void what_sqlite_does_not_know_is_left_out() throws SQLException {
        assertThat(port.query("SELECT 1 FROM DUAL")).containsExactly(List.of("1"));
        assertThat(port.query("SELECT ' ' A FROM DUAL WHERE 1=0")).isEmpty();
        assertThat(port.query("SELECT CONVERT(CASE DATA_TYPE WHEN 'bigint' THEN 1 END, UNSIGNED INTEGER) N,"
                        + " UCASE(IF(COLUMN_TYPE LIKE '%(%)%', CONCAT(SUBSTRING(COLUMN_TYPE, 1, LOCATE('(',COLUMN_TYPE) -"
                        + " 1), '!'), COLUMN_TYPE)) T, LEAST(CHARACTER_MAXIMUM_LENGTH, 10) L FROM"
                        + " INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA COLLATE utf8mb4_general_ci = 'main' AND"
                        + " TABLE_NAME = 'mysql_servers' AND COLUMN_NAME IN ('port', 'hostname')"))
                .containsExactlyInAnyOrder(List.of("NULL", "VARCHAR!", "10"), List.of("1", "BIGINT", "NULL"));
    }
}
