// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.sql.TableUse;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.sql.parse.TableName;
import io.sluice.routing.topology.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class TableCatalogueTest {
    private static final ServerVersion VERSION = ServerVersion.parse("9.7.4");
    private static final Duration SETTLES = Duration.ofSeconds(2);
    private static final String ANY = "any";

    private final StatementClassifier classifier = new StatementClassifier(64, new Structures(Runnable::run, 1 << 20));

    private final List<StoredTable> stored = List.of(
            table("a"),
            table("B"),
            table("parent"),
            table("child"),
            table("grandchild"),
            new StoredTable("app", "watched", "BASE TABLE", "InnoDB", true, null),
            table("watchers_parent"),
            new StoredTable("app", "merged", "BASE TABLE", "MRG_MyISAM", false, null),
            new StoredTable("app", "s", "SEQUENCE", "InnoDB", false, null),
            table("twice"),
            table("Twice"),
            new StoredTable("other", "a", "BASE TABLE", "InnoDB", false, null),
            view("v", "select `app`.`a`.`x` AS `x` from (`app`.`a` join `app`.`b`)"),
            view("over", "select `v`.`x` AS `x` from `app`.`v` union select 1 from `other`.`a`"),
            view("calls", "select `app`.`f`(`app`.`a`.`x`) AS `x` from `app`.`a`"),
            view("hidden", null),
            view("of_merged", "select 1 from `app`.`merged`"));
    private final List<ForeignKey> keys = List.of(
            new ForeignKey("app", "parent", "app", "child"),
            new ForeignKey("app", "child", "APP", "GrandChild"),
            new ForeignKey("app", "child", "app", "parent"),
            new ForeignKey("app", "watchers_parent", "app", "watched"));

    private final Tables tables = Tables.of(stored, keys, VERSION);

    private static StoredTable table(String name) {
        return new StoredTable("app", name, "BASE TABLE", "InnoDB", false, null);
    }

    private static StoredTable view(String name, String definition) {
        return new StoredTable("app", name, "VIEW", null, false, definition);
    }

    private Statement statement(String sql) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        return classifier.classify(
                text, 0, text.length, LexContext.DEFAULT.withVersion(VERSION).withMultiStatements(true));
    }

    private String changed(String sql) {
        Set<TableName> changed = new LinkedHashSet<>();
        return tables.addChanged(statement(sql).tableUse(), "App", changed)
                ? changed.stream()
                        .map(TableName::toString)
                        .collect(Collectors.toCollection(TreeSet::new))
                        .toString()
                : ANY;
    }

    private boolean reads(String sql, String schema, String table) {
        return tables.mayRead(statement(sql).tableUse(), "app", new TableName(schema, table));
    }

    @Test
    void a_plain_write_changes_its_table_alone() {
        assertThat(changed("INSERT INTO A VALUES (1)")).isEqualTo("[app.a]");
        assertThat(changed("INSERT INTO a SELECT * FROM b")).isEqualTo("[app.a]");
        assertThat(changed("REPLACE INTO `other`.a VALUES (1)")).isEqualTo("[other.a]");
        assertThat(changed("DELETE FROM b WHERE x IN (SELECT x FROM v)"))
                .as("a table that is read to find what is deleted counts")
                .isEqualTo(ANY);
        assertThat(changed("UPDATE a z JOIN b ON z.x = b.x SET z.y = 1")).isEqualTo("[app.a, app.b]");
        assertThat(changed("SELECT * FROM a WHERE x = 1 FOR UPDATE")).isEqualTo("[]");
        assertThat(changed("BEGIN")).isEqualTo("[]");
        assertThat(changed("COMMIT")).isEqualTo("[]");
    }

    @Test
    void foreign_keys_take_a_change_further() {
        assertThat(changed("DELETE FROM parent")).isEqualTo("[app.child, app.grandchild, app.parent]");
        assertThat(changed("UPDATE child SET x = 1")).isEqualTo("[app.child, app.grandchild, app.parent]");
        assertThat(changed("INSERT INTO grandchild VALUES (1)")).isEqualTo("[app.grandchild]");
    }

    @Test
    void what_is_not_certain_changes_any_table() {
        assertThat(List.of(
                        "INSERT INTO watched VALUES (1)",
                        "DELETE FROM watchers_parent",
                        "INSERT INTO v VALUES (1)",
                        "INSERT INTO a SELECT x FROM calls",
                        "INSERT INTO a VALUES (f(1))",
                        "INSERT INTO merged VALUES (1)",
                        "INSERT INTO twice VALUES (1)",
                        "INSERT INTO unheard_of VALUES (1)",
                        "SELECT NEXTVAL(s)",
                        "SELECT x FROM hidden",
                        "CALL p()",
                        "EXECUTE p",
                        "LOAD DATA INFILE 'x' INTO TABLE a",
                        "LOCK TABLES a WRITE",
                        "CREATE TABLE z (x INT)",
                        "TRUNCATE a",
                        "XA COMMIT 'x'",
                        "INSERT INTO a VALUES (1); INSERT INTO b VALUES (1)",
                        "INSERT INTO ä VALUES (1)",
                        "UPDATE a SET x = @y := 1",
                        "not understood"))
                .allSatisfy(sql -> assertThat(changed(sql)).as(sql).isEqualTo(ANY));
    }

    @Test
    void a_read_needs_its_tables_and_those_behind_its_views() {
        assertThat(reads("SELECT * FROM a", "app", "a")).isTrue();
        assertThat(reads("SELECT * FROM a", "app", "b")).isFalse();
        assertThat(reads("SELECT * FROM a", "other", "a")).isFalse();
        assertThat(reads("SELECT * FROM OTHER.A", "other", "a")).isTrue();
        assertThat(reads("WITH a AS (SELECT * FROM b) SELECT * FROM a", "app", "a"))
                .isFalse();
        assertThat(reads("SELECT 1", "app", "a")).isFalse();
        assertThat(reads("SELECT * FROM over", "app", "a")).isTrue();
        assertThat(reads("SELECT * FROM over", "app", "b")).isTrue();
        assertThat(reads("SELECT * FROM over", "other", "a")).isTrue();
        assertThat(reads("SELECT * FROM over", "app", "child")).isFalse();
    }

    @Test
    void what_is_not_certain_reads_any_table() {
        assertThat(List.of(
                        "SELECT * FROM merged",
                        "SELECT * FROM calls",
                        "SELECT * FROM hidden",
                        "SELECT * FROM of_merged",
                        "SELECT * FROM unheard_of",
                        "SELECT * FROM information_schema.tables",
                        "SELECT app.f(1)",
                        "SHOW TABLE STATUS",
                        "SELECT 1; SELECT * FROM a"))
                .allSatisfy(
                        sql -> assertThat(reads(sql, "app", "child")).as(sql).isTrue());
        assertThat(tables.mayRead(statement("SELECT * FROM a").tableUse(), null, new TableName("app", "b")))
                .as("without a schema")
                .isTrue();
        TableUse byWords = new StatementClassifier()
                .classify("SELECT 1".getBytes(StandardCharsets.UTF_8), 0, 8, LexContext.DEFAULT)
                .tableUse();
        assertThat(tables.mayRead(byWords, "app", new TableName("app", "b"))).isTrue();
    }

    @Test
    void a_table_is_known_once_it_has_been_the_same_for_long_enough() {
        TableCatalogue catalogue = new TableCatalogue();
        assertThat(catalogue.learn(0, tables, 0, SETTLES)).isEqualTo(SETTLES);
        assertThat(catalogue.now().size()).isZero();
        assertThat(catalogue.learn(0, tables, SETTLES.toNanos(), SETTLES)).isNull();
        Tables known = catalogue.now();
        assertThat(known).isEqualTo(tables);
        catalogue.learn(0, Tables.of(stored, keys, VERSION), SETTLES.toNanos() + 1, SETTLES);
        assertThat(catalogue.now()).isSameAs(known);

        Tables without = Tables.of(stored, List.of(), VERSION);
        assertThat(catalogue.learn(0, without, 3 * SETTLES.toNanos(), SETTLES)).isEqualTo(SETTLES);
        assertThat(catalogue.now().size()).isEqualTo(tables.size() - 3);
    }

    @Test
    void nothing_is_known_after_a_change_until_the_next_reading() {
        TableCatalogue catalogue = new TableCatalogue();
        int[] told = {0};
        catalogue.onChange(() -> told[0]++);
        catalogue.learn(0, tables, 0, Duration.ZERO);
        assertThat(catalogue.now().size()).isPositive();
        catalogue.changed();
        assertThat(told[0]).isOne();
        assertThat(catalogue.now().size()).isZero();
        catalogue.learn(0, tables, 1, Duration.ZERO);
        assertThat(catalogue.now().size()).as("read before the change").isZero();
        catalogue.learn(catalogue.changes(), tables, 2, Duration.ZERO);
        assertThat(catalogue.now().size()).isPositive();
        catalogue.forget();
        assertThat(catalogue.now().size()).isZero();
    }

    @Test
    void statements_that_define_tables_and_their_like_are_told() {
        assertThat(List.of(
                        "CREATE TABLE z (x INT)",
                        "create or replace view w as select 1",
                        "ALTER TABLE a ADD y INT",
                        "DROP TRIGGER t",
                        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.x = 1",
                        "RENAME TABLE a TO c",
                        "DROP DATABASE app",
                        "SELECT 1; DROP TABLE a"))
                .allSatisfy(sql -> assertThat(statement(sql).has(Trait.DEFINES_TABLE))
                        .as(sql)
                        .isTrue());
        assertThat(List.of("TRUNCATE a", "CREATE TEMPORARY TABLE z (x INT)", "INSERT INTO a VALUES (1)"))
                .allSatisfy(sql -> assertThat(statement(sql).has(Trait.DEFINES_TABLE))
                        .as(sql)
                        .isFalse());
    }
}
