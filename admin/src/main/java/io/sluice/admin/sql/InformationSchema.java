// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The schema by which tools list tables, with the columns that servers have there. Filled once, since no table comes or
 * goes. What tools ask about but is not here at all, such as routines, has an empty table.
 */
final class InformationSchema {
    private static final String SCHEMA = Schema.INFORMATION_SCHEMA.sql();

    /** Names are compared as servers with lower_case_table_names do. */
    private static final String NAME = " VARCHAR COLLATE NOCASE";

    private static final String NUMBER = " BIGINT";
    private static final String CHARSET = "'utf8mb4', 'utf8mb4_general_ci'";

    private static final Map<String, String> TABLES = new LinkedHashMap<>();

    static {
        table(
                "SCHEMATA",
                "CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME SQL_PATH DEFAULT_ENCRYPTION",
                "");
        table(
                "TABLES",
                "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE",
                "VERSION",
                "ROW_FORMAT",
                "TABLE_ROWS AVG_ROW_LENGTH DATA_LENGTH MAX_DATA_LENGTH INDEX_LENGTH DATA_FREE AUTO_INCREMENT",
                "CREATE_TIME UPDATE_TIME CHECK_TIME TABLE_COLLATION",
                "CHECKSUM",
                "CREATE_OPTIONS TABLE_COMMENT");
        table(
                "COLUMNS",
                "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME",
                "ORDINAL_POSITION",
                "COLUMN_DEFAULT IS_NULLABLE DATA_TYPE",
                "CHARACTER_MAXIMUM_LENGTH CHARACTER_OCTET_LENGTH NUMERIC_PRECISION NUMERIC_SCALE DATETIME_PRECISION",
                "CHARACTER_SET_NAME COLLATION_NAME COLUMN_TYPE COLUMN_KEY EXTRA PRIVILEGES COLUMN_COMMENT"
                        + " GENERATION_EXPRESSION",
                "SRS_ID");
        table(
                "STATISTICS",
                "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME",
                "NON_UNIQUE",
                "INDEX_SCHEMA INDEX_NAME",
                "SEQ_IN_INDEX",
                "COLUMN_NAME COLLATION",
                "CARDINALITY SUB_PART",
                "PACKED NULLABLE INDEX_TYPE COMMENT INDEX_COMMENT IS_VISIBLE EXPRESSION");
        table(
                "KEY_COLUMN_USAGE",
                "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME",
                "ORDINAL_POSITION POSITION_IN_UNIQUE_CONSTRAINT",
                "REFERENCED_TABLE_SCHEMA REFERENCED_TABLE_NAME REFERENCED_COLUMN_NAME");
        table(
                "TABLE_CONSTRAINTS",
                "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE ENFORCED");
        table(
                "REFERENTIAL_CONSTRAINTS",
                "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_CATALOG UNIQUE_CONSTRAINT_SCHEMA"
                        + " UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE TABLE_NAME REFERENCED_TABLE_NAME");
        table("CHECK_CONSTRAINTS", "CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_NAME CHECK_CLAUSE");
        table(
                "VIEWS",
                "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE DEFINER SECURITY_TYPE"
                        + " CHARACTER_SET_CLIENT COLLATION_CONNECTION");
        table(
                "TRIGGERS",
                "TRIGGER_CATALOG TRIGGER_SCHEMA TRIGGER_NAME EVENT_MANIPULATION EVENT_OBJECT_CATALOG"
                        + " EVENT_OBJECT_SCHEMA EVENT_OBJECT_TABLE",
                "ACTION_ORDER",
                "ACTION_CONDITION ACTION_STATEMENT ACTION_ORIENTATION ACTION_TIMING CREATED SQL_MODE DEFINER");
        table(
                "ROUTINES",
                "SPECIFIC_NAME ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE DATA_TYPE DTD_IDENTIFIER"
                        + " ROUTINE_BODY ROUTINE_DEFINITION IS_DETERMINISTIC SQL_DATA_ACCESS SECURITY_TYPE CREATED"
                        + " LAST_ALTERED SQL_MODE ROUTINE_COMMENT DEFINER");
        table(
                "PARAMETERS",
                "SPECIFIC_CATALOG SPECIFIC_SCHEMA SPECIFIC_NAME",
                "ORDINAL_POSITION",
                "PARAMETER_MODE PARAMETER_NAME DATA_TYPE",
                "CHARACTER_MAXIMUM_LENGTH CHARACTER_OCTET_LENGTH NUMERIC_PRECISION NUMERIC_SCALE DATETIME_PRECISION",
                "CHARACTER_SET_NAME COLLATION_NAME DTD_IDENTIFIER ROUTINE_TYPE");
        table(
                "EVENTS",
                "EVENT_CATALOG EVENT_SCHEMA EVENT_NAME DEFINER TIME_ZONE EVENT_BODY EVENT_DEFINITION EVENT_TYPE"
                        + " EXECUTE_AT INTERVAL_VALUE INTERVAL_FIELD STARTS ENDS STATUS ON_COMPLETION CREATED"
                        + " LAST_ALTERED LAST_EXECUTED EVENT_COMMENT");
        table(
                "PARTITIONS",
                "TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PARTITION_NAME SUBPARTITION_NAME",
                "PARTITION_ORDINAL_POSITION SUBPARTITION_ORDINAL_POSITION",
                "PARTITION_METHOD SUBPARTITION_METHOD PARTITION_EXPRESSION PARTITION_DESCRIPTION",
                "TABLE_ROWS");
        String granted = " PRIVILEGE_TYPE IS_GRANTABLE";
        table("USER_PRIVILEGES", "GRANTEE TABLE_CATALOG" + granted);
        table("SCHEMA_PRIVILEGES", "GRANTEE TABLE_CATALOG TABLE_SCHEMA" + granted);
        table("TABLE_PRIVILEGES", "GRANTEE TABLE_CATALOG TABLE_SCHEMA TABLE_NAME" + granted);
        table("COLUMN_PRIVILEGES", "GRANTEE TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME" + granted);
        table("KEYWORDS", "WORD", "RESERVED");
        table(
                "FILES",
                "FILE_NAME FILE_TYPE TABLESPACE_NAME LOGFILE_GROUP_NAME ENGINE",
                "TOTAL_EXTENTS EXTENT_SIZE INITIAL_SIZE",
                "EXTRA");
        table("COLUMN_STATISTICS", "SCHEMA_NAME TABLE_NAME COLUMN_NAME HISTOGRAM");
    }

    private final Sqlite sqlite;

    private InformationSchema(Sqlite sqlite) {
        this.sqlite = sqlite;
    }

    /** @param columns by turns texts and numbers, each of them several names */
    private static void table(String name, String... columns) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < columns.length; i++) {
            for (String column : columns[i].split(" ", -1)) {
                if (!column.isEmpty()) {
                    all.add(column + (i % 2 == 0 ? NAME : NUMBER));
                }
            }
        }
        TABLES.put(name, String.join(", ", all));
    }

    /**
     * Makes its tables, of those that there are; the last that is done to the schemas.
     *
     * @return the paths of its own
     */
    static List<String> create(Sqlite sqlite) throws SQLException {
        InformationSchema schema = new InformationSchema(sqlite);
        List<String> paths = new ArrayList<>();
        for (Map.Entry<String, String> table : TABLES.entrySet()) {
            sqlite.create(Schema.INFORMATION_SCHEMA, table.getKey(), table.getValue());
            paths.add(SCHEMA + "." + table.getKey().toLowerCase(Locale.ROOT));
        }
        for (Schema of : Schema.values()) {
            schema.fill(of.sql());
        }
        for (ShownTable empty : EmptyTables.all()) {
            String reason = String.valueOf(EmptyTables.reason(empty.name()));
            sqlite.own("UPDATE " + SCHEMA + ".TABLES SET TABLE_COMMENT = 'has no rows here: "
                    + reason.replace("'", "''") + "' WHERE TABLE_NAME = '" + empty.name() + "'");
        }
        schema.into(
                "KEY_COLUMN_USAGE",
                "'def', TABLE_SCHEMA, INDEX_NAME, 'def', TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, SEQ_IN_INDEX, NULL, NULL,"
                        + " NULL, NULL FROM " + SCHEMA + ".STATISTICS");
        schema.into(
                "TABLE_CONSTRAINTS",
                "DISTINCT 'def', TABLE_SCHEMA, INDEX_NAME, TABLE_SCHEMA, TABLE_NAME, iif(INDEX_NAME = 'PRIMARY',"
                        + " 'PRIMARY KEY', 'UNIQUE'), 'YES' FROM " + SCHEMA + ".STATISTICS");
        return paths;
    }

    private void fill(String of) throws SQLException {
        boolean own = of.equals(SCHEMA);
        String tables = " FROM " + of + ".sqlite_master AS m";
        String each = " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        into("SCHEMATA", "'def', '" + of + "', " + CHARSET + ", NULL, 'NO'");
        into(
                "TABLES",
                "'def', '" + of + "', m.name, '" + (own ? "SYSTEM VIEW" : "BASE TABLE")
                        + "', 'SQLite', NULL, NULL, NULL,"
                        + " NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'utf8mb4_general_ci', NULL, '', ''"
                        + tables + each);
        String number = "p.type LIKE '%INT%'";
        String text = "p.type LIKE '%CHAR%'";
        String type = "CASE WHEN " + number + " THEN 'bigint' WHEN " + text + " THEN 'varchar' ELSE 'double' END";
        into(
                "COLUMNS",
                "'def', '" + of + "', m.name, p.name, p.cid + 1, nullif(trim(p.dflt_value, ''''), 'NULL'),"
                        + " iif(p.\"notnull\" OR p.pk, 'NO', 'YES'), " + type + ", iif(" + text
                        + ", 65535, NULL), iif(" + text + ", 262140, NULL), CASE WHEN " + number + " THEN 19 WHEN "
                        + text
                        + " THEN NULL ELSE 22 END, iif(" + number + ", 0, NULL), NULL, iif(" + text
                        + ", 'utf8mb4', NULL), iif(" + text + ", 'utf8mb4_general_ci', NULL), "
                        + type.replace("varchar", "varchar(65535)") + ", iif(p.pk, 'PRI', ''), iif(p.pk AND m.sql LIKE"
                        + " '%AUTOINCREMENT%', 'auto_increment', ''), 'select', '', '', NULL"
                        + tables + " JOIN pragma_table_info(m.name, '" + of + "') AS p" + each);
        into(
                "STATISTICS",
                "'def', '" + of + "', m.name, 0, '" + of + "', 'PRIMARY', p.pk, p.name, 'A', NULL, NULL, NULL, '',"
                        + " 'BTREE', '', '', 'YES', NULL" + tables + " JOIN pragma_table_info(m.name, '" + of
                        + "') AS p"
                        + each + " AND p.pk > 0");
        into(
                "STATISTICS",
                "'def', '" + of + "', m.name, 0, '" + of + "', l.name, i.seqno + 1, i.name, 'A', NULL, NULL, NULL, '',"
                        + " 'BTREE', '', '', 'YES', NULL" + tables + " JOIN pragma_index_list(m.name, '" + of
                        + "') AS l JOIN pragma_index_info(l.name, '" + of + "') AS i" + each + " AND l.origin = 'u'");
    }

    private void into(String table, String select) throws SQLException {
        sqlite.own("INSERT INTO " + SCHEMA + "." + table + " SELECT " + select);
    }

    /**
     * A statement of a tool as SQLite understands it: FROM DUAL is nothing; where this schema is named, conversions and
     * collations are none either, and HAVING may stand alone.
     */
    static String inSqlite(String sql, List<Word> words) {
        boolean named = words.stream().anyMatch(word -> word.is(SCHEMA));
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int at = 0; at < words.size(); at++) {
            int many = dropped(words, at, named);
            if (many > 0) {
                text.append(sql, from, words.get(at).begin()).append(' ');
                at += many - 1;
                from = words.get(at).end();
            }
        }
        String rest = text.append(sql, from, sql.length()).toString();
        return named ? withoutHaving(rest, SqlWords.of(rest)) : rest;
    }

    /** Where nothing is grouped, HAVING is a condition on what the select list calls its columns. */
    private static String withoutHaving(String sql, List<Word> words) {
        int having = -1;
        int order = sql.length();
        for (int at = 0; at < words.size(); at++) {
            if (is(words, at, "group")) {
                return sql;
            }
            if (is(words, at, "having")) {
                having = at;
            } else if (having >= 0 && is(words, at, "order") && is(words, at + 1, "by")) {
                order = words.get(at).begin();
                break;
            }
        }
        return having < 0
                ? sql
                : "SELECT * FROM (" + sql.substring(0, words.get(having).begin()) + sql.substring(order) + ") WHERE "
                        + sql.substring(words.get(having).end(), order);
    }

    /** How many words from there on SQLite can do without. */
    private static int dropped(List<Word> words, int at, boolean named) {
        if (is(words, at, "from") && is(words, at + 1, "dual")) {
            return 2;
        }
        if (!named) {
            return 0;
        }
        if (is(words, at, "convert") && is(words, at + 1, "(")) {
            return 1;
        }
        if (is(words, at, ",") && (is(words, at + 1, "unsigned") || is(words, at + 1, "signed"))) {
            return is(words, at + 2, "integer") ? 3 : 2;
        }
        return is(words, at, "collate") ? 2 : 0;
    }

    private static boolean is(List<Word> words, int at, String keyword) {
        return at < words.size() && words.get(at).is(keyword);
    }
}
