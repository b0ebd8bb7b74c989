// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.admin.sql.SqlWords.Word;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The SHOW statements about schemas, tables and columns, as queries of what SQLite knows of its tables. */
final class ShowStatements {
    private final List<String> paths;

    /** @param paths all tables there are, as schema.name */
    ShowStatements(List<String> paths) {
        this.paths = List.copyOf(paths);
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
            return columns(reader, schema, false);
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
        boolean full = reader.skip("full");
        if (reader.skip("tables")) {
            return tables(reader, schema, full);
        }
        return reader.skip("columns") || reader.skip("fields") ? columns(reader, schema, full) : null;
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

    private String columns(Reader reader, Schema schema, boolean full) throws SqlRefused {
        boolean ignored = reader.skip("from") || reader.skip("in");
        String path = path(reader, schema);
        if (reader.skip("from") || reader.skip("in")) {
            path = known(Schema.of(reader.name()).sql(), nameOf(path));
        }
        String like = like(reader, "name");
        reader.end("SHOW [FULL] COLUMNS FROM [schema.]table [LIKE 'pattern']");
        return "SELECT name AS Field, type AS Type, " + (full ? "NULL AS Collation, " : "")
                + "iif(\"notnull\" OR pk, 'NO', 'YES') AS \"Null\", iif(pk, 'PRI', '') AS \"Key\","
                + " dflt_value AS \"Default\", '' AS Extra"
                + (full ? ", 'select' AS Privileges, '' AS Comment" : "")
                + " FROM pragma_table_info('" + nameOf(path) + "', '" + schemaOf(path) + "') WHERE 1" + like;
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

    private static SqlRefused unknown(String table) {
        String reason = MissingTables.reason(table);
        return SqlRefused.of("no such table: " + table + (reason == null ? "" : "; " + reason)
                + "; SHOW TABLES FROM main, or FROM stats, lists those there are");
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

        void end(String form) throws SqlRefused {
            boolean ignored = skip(";");
            if (at < words.size()) {
                throw SqlRefused.of("'" + words.get(at).text() + "' is not expected there; write " + form);
            }
        }
    }
}
