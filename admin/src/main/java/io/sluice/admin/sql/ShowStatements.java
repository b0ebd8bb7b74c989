// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The SHOW statements about schemas, tables and columns, as queries of what SQLite knows of its tables. */
final class ShowStatements {
    private static final String INFORMATION = Schema.INFORMATION_SCHEMA.sql();

    private final List<String> paths;
    private final List<String> changeable;

    /**
     * @param paths all tables there are, as schema.name
     * @param changeable those of them that statements may change
     */
    ShowStatements(List<String> paths, List<String> changeable) {
        this.paths = List.copyOf(paths);
        this.changeable = List.copyOf(changeable);
    }

    /**
     * Null if it is none of them.
     *
     * @param schema where to look if the statement does not say
     */
    @Nullable
    String translate(List<Word> words, Schema schema) throws SqlRefused {
        Reader reader = new Reader(words);
        if (reader.skip("describe") || reader.skip("desc")) {
            return columns(reader, schema, false, true);
        }
        if (!reader.skip("show")) {
            return null;
        }
        if (reader.skip("databases") || reader.skip("schemas")) {
            return databases(reader);
        }
        if (reader.skip("create")) {
            return reader.skip("table") ? createTable(reader, schema) : null;
        }
        if (reader.skip("index") || reader.skip("indexes") || reader.skip("keys")) {
            return indexes(reader, schema);
        }
        if (reader.skip("table")) {
            return reader.skip("status") ? tableStatus(reader, schema) : null;
        }
        boolean full = reader.skip("full");
        if (reader.skip("tables")) {
            return tables(reader, schema, full);
        }
        return reader.skip("columns") || reader.skip("fields") ? columns(reader, schema, full, false) : null;
    }

    private static String databases(Reader reader) throws SqlRefused {
        String like = like(reader, "name");
        reader.end("SHOW DATABASES [LIKE 'pattern']");
        return "SELECT name AS \"Database\", seq, name, file FROM pragma_database_list WHERE name <> 'temp'" + like;
    }

    private static String tables(Reader reader, Schema schema, boolean full) throws SqlRefused {
        Schema where = reader.skip("from") || reader.skip("in") ? Schema.of(reader.name()) : schema;
        String like = like(reader, "name");
        reader.end("SHOW [FULL] TABLES [FROM schema] [LIKE 'pattern']");
        return "SELECT name AS tables" + (full ? ", 'BASE TABLE' AS Table_type" : "") + " FROM " + where.sql()
                + ".sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'" + like
                + " ORDER BY name";
    }

    private String createTable(Reader reader, Schema schema) throws SqlRefused {
        String path = path(reader, schema);
        reader.end("SHOW CREATE TABLE [schema.]table");
        return "SELECT name AS \"table\", sql AS \"Create Table\" FROM " + schemaOf(path)
                + ".sqlite_master WHERE type = 'table' AND name = '" + nameOf(path) + "'";
    }

    /** @param described whether a column, or a pattern, may follow the table without more words */
    private String columns(Reader reader, Schema schema, boolean full, boolean described) throws SqlRefused {
        String path = pathFrom(reader, schema);
        String like = described && !reader.isAtEnd()
                ? " AND name LIKE '" + reader.text() + "' ESCAPE '\\'"
                : like(reader, "name");
        reader.end("SHOW [FULL] COLUMNS FROM [schema.]table [LIKE 'pattern']");
        String privileges = changeable.contains(path) ? "select,insert,update" : "select";
        return "SELECT name AS Field, type AS Type, " + (full ? "NULL AS Collation, " : "")
                + "iif(\"notnull\" OR pk, 'NO', 'YES') AS \"Null\", iif(pk, 'PRI', '') AS \"Key\","
                + " nullif(trim(dflt_value, ''''), 'NULL') AS \"Default\", (SELECT EXTRA FROM " + INFORMATION
                + ".COLUMNS WHERE TABLE_SCHEMA = '" + schemaOf(path) + "' AND TABLE_NAME = '" + nameOf(path)
                + "' AND COLUMN_NAME = name) AS Extra"
                + (full ? ", '" + privileges + "' AS Privileges, '' AS Comment" : "")
                + " FROM pragma_table_info('" + nameOf(path) + "', '" + schemaOf(path) + "') WHERE 1" + like;
    }

    private String indexes(Reader reader, Schema schema) throws SqlRefused {
        String path = pathFrom(reader, schema);
        reader.end("SHOW INDEX FROM [schema.]table");
        return "SELECT TABLE_NAME AS \"Table\", NON_UNIQUE AS Non_unique, INDEX_NAME AS Key_name, SEQ_IN_INDEX AS"
                + " Seq_in_index, COLUMN_NAME AS Column_name, COLLATION AS \"Collation\", CARDINALITY AS Cardinality,"
                + " SUB_PART AS Sub_part, PACKED AS Packed, NULLABLE AS \"Null\", INDEX_TYPE AS Index_type, COMMENT AS"
                + " Comment, INDEX_COMMENT AS Index_comment FROM " + INFORMATION + ".STATISTICS WHERE TABLE_SCHEMA = '"
                + schemaOf(path) + "' AND TABLE_NAME = '" + nameOf(path) + "' ORDER BY INDEX_NAME <> 'PRIMARY',"
                + " INDEX_NAME, SEQ_IN_INDEX";
    }

    private static String tableStatus(Reader reader, Schema schema) throws SqlRefused {
        Schema where = reader.skip("from") || reader.skip("in") ? Schema.of(reader.name()) : schema;
        String like = like(reader, "TABLE_NAME");
        reader.end("SHOW TABLE STATUS [FROM schema] [LIKE 'pattern']");
        return "SELECT TABLE_NAME AS Name, ENGINE AS Engine, VERSION AS Version, ROW_FORMAT AS Row_format, TABLE_ROWS AS"
                + " Rows, AVG_ROW_LENGTH AS Avg_row_length, DATA_LENGTH AS Data_length, MAX_DATA_LENGTH AS"
                + " Max_data_length, INDEX_LENGTH AS Index_length, DATA_FREE AS Data_free, AUTO_INCREMENT AS"
                + " Auto_increment, CREATE_TIME AS Create_time, UPDATE_TIME AS Update_time, CHECK_TIME AS Check_time,"
                + " TABLE_COLLATION AS \"Collation\", CHECKSUM AS Checksum, CREATE_OPTIONS AS Create_options,"
                + " TABLE_COMMENT AS Comment FROM " + INFORMATION + ".TABLES WHERE TABLE_SCHEMA = '" + where.sql() + "'"
                + like + " ORDER BY TABLE_NAME";
    }

    /** The table that comes next, which FROM or IN may stand before, and its schema after it. */
    private String pathFrom(Reader reader, Schema schema) throws SqlRefused {
        boolean ignored = reader.skip("from") || reader.skip("in");
        String path = path(reader, schema);
        return reader.skip("from") || reader.skip("in")
                ? known(Schema.of(reader.name()).sql(), nameOf(path))
                : path;
    }

    /** The table that comes next; one without a schema is looked for in all of them. */
    private String path(Reader reader, Schema schema) throws SqlRefused {
        String first = reader.name().toLowerCase(Locale.ROOT);
        if (reader.skip(".")) {
            return known(Schema.of(first).sql(), reader.name().toLowerCase(Locale.ROOT));
        }
        String here = schema.sql() + "." + first;
        if (paths.contains(here)) {
            return here;
        }
        return paths.stream()
                .filter(path -> nameOf(path).equals(first))
                .findFirst()
                .orElseThrow(() -> unknown(first));
    }

    private String known(String schema, String name) throws SqlRefused {
        if (!paths.contains(schema + "." + name)) {
            throw unknown(schema + "." + name);
        }
        return schema + "." + name;
    }

    private SqlRefused unknown(String table) {
        return SqlRefused.of("no such table: " + table
                + MissingTables.remedy(
                        table, paths.stream().map(ShowStatements::nameOf).toList()));
    }

    private static String schemaOf(String path) {
        return path.substring(0, path.indexOf('.'));
    }

    private static String nameOf(String path) {
        return path.substring(path.indexOf('.') + 1);
    }

    private static String like(Reader reader, String column) {
        return reader.skip("like") ? " AND " + column + " LIKE '" + reader.text() + "' ESCAPE '\\'" : "";
    }

    /** Goes through the words once. */
    private static final class Reader {
        private final List<Word> words;
        private int at;

        Reader(List<Word> words) {
            this.words = words;
        }

        boolean skip(String keyword) {
            boolean found = at < words.size() && words.get(at).is(keyword);
            at += found ? 1 : 0;
            return found;
        }

        /** A name, in quotes or not; empty at the end. */
        String name() {
            return at < words.size() ? words.get(at++).text() : "";
        }

        /** To be put between single quotes. */
        String text() {
            return name().replace("'", "''");
        }

        boolean isAtEnd() {
            return at >= words.size() || words.get(at).is(";");
        }

        void end(String form) throws SqlRefused {
            boolean ignored = skip(";");
            if (at < words.size()) {
                throw SqlRefused.of("'" + words.get(at).text() + "' is not expected there; write " + form);
            }
        }
    }
}
