// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import static io.sluice.core.session.SessionBench.UUID;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.core.backend.Answer;
import io.sluice.protocol.ServerStatus;
import io.sluice.routing.catalogue.ForeignKey;
import io.sluice.routing.catalogue.StoredTable;
import io.sluice.routing.catalogue.TableCatalogue;
import io.sluice.routing.catalogue.Tables;
import io.sluice.routing.topology.ServerVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reads that need to see only the writes to their tables. The replica never has what is written. */
class TableScopeTest {
    private static final String REPLICA = "rows replica1";
    private static final String SOURCE = "rows source";

    private final TableCatalogue catalogue = new TableCatalogue();
    private SessionBench bench = bench(CausalReads.session());
    private int lastGtid = 10;

    private SessionBench bench(CausalReads whose) {
        SessionBench bench = new SessionBench(whose.byTable(catalogue), Duration.ZERO);
        bench.withSchema("app");
        learn();
        return bench;
    }

    private void learn() {
        List<StoredTable> tables = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "parent", "child")) {
            tables.add(new StoredTable("app", name, "BASE TABLE", "InnoDB", false, null));
        }
        for (int i = 0; i <= Writes.MAX_TABLES; i++) {
            tables.add(new StoredTable("app", "t" + i, "BASE TABLE", "InnoDB", false, null));
        }
        List<ForeignKey> keys = List.of(new ForeignKey("app", "parent", "app", "child"));
        catalogue.learn(catalogue.changes(), Tables.of(tables, keys, ServerVersion.parse("9.7.4")), 0, Duration.ZERO);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Answer written() {
        return Answer.ok().gtid(UUID + ":" + ++lastGtid);
    }

    private void write(TestClient client, String sql) {
        bench.source.on(sql, written());
        client.query(sql);
    }

    private static String read(TestClient client, String table) {
        return client.query("SELECT x FROM " + table).toString();
    }

    @Test
    void a_read_of_the_table_that_was_written_sees_it_and_one_of_another_table_need_not() {
        TestClient client = bench.client();
        write(client, "INSERT INTO a VALUES (1)");
        assertThat(read(client, "a")).isEqualTo(SOURCE);
        assertThat(read(client, "App.A")).isEqualTo(SOURCE);
        assertThat(read(client, "b JOIN a")).isEqualTo(SOURCE);
        assertThat(read(client, "b")).isEqualTo(REPLICA);
        assertThat(read(client, "unheard_of")).isEqualTo(SOURCE);
        assertThat(client.query("SELECT 1")).hasToString(REPLICA);
        assertThat(bench.client().query("SELECT x FROM a").toString()).isEqualTo(REPLICA);
    }

    @Test
    void without_a_catalogue_every_read_sees_every_write() {
        TestClient client = bench.client();
        catalogue.forget();
        write(client, "INSERT INTO a VALUES (1)");
        learn();
        assertThat(read(client, "b")).isEqualTo(SOURCE);
        assertThat(read(client, "c")).isEqualTo(SOURCE);
    }

    @Test
    void a_write_whose_tables_are_not_certain_counts_for_all() {
        for (String sql :
                List.of("CALL p()", "INSERT INTO a VALUES (f(1))", "TRUNCATE a", "INSERT INTO unheard_of VALUES (1)")) {
            TestClient client = bench.client();
            write(client, sql);
            assertThat(read(client, "b")).as(sql).isEqualTo(SOURCE);
        }
    }

    @Test
    void a_transaction_writes_all_that_its_statements_do() {
        TestClient client = bench.client();
        bench.source.on("BEGIN", Answer.ok().sets(ServerStatus.SERVER_STATUS_IN_TRANS));
        bench.source.on("COMMIT", written().clears(ServerStatus.SERVER_STATUS_IN_TRANS));
        client.query("BEGIN");
        client.query("INSERT INTO a VALUES (1)");
        client.query("SELECT x FROM c");
        client.query("DELETE FROM parent");
        client.query("COMMIT");
        assertThat(read(client, "a")).isEqualTo(SOURCE);
        assertThat(read(client, "child")).isEqualTo(SOURCE);
        assertThat(read(client, "b")).isEqualTo(REPLICA);
        assertThat(read(client, "c")).isEqualTo(REPLICA);

        TestClient other = bench.client();
        other.query("BEGIN");
        other.query("INSERT INTO a VALUES (1)");
        other.query("SELECT x FROM view_that_may_write");
        other.query("COMMIT");
        assertThat(read(other, "b")).isEqualTo(SOURCE);
    }

    @Test
    void what_a_transaction_wrote_is_of_no_matter_to_the_next_one() {
        TestClient client = bench.client();
        bench.source.on("BEGIN", Answer.ok().sets(ServerStatus.SERVER_STATUS_IN_TRANS));
        bench.source.on("COMMIT", Answer.ok().gtid(UUID + ":5").clears(ServerStatus.SERVER_STATUS_IN_TRANS));
        client.query("BEGIN");
        client.query("INSERT INTO unheard_of VALUES (1)");
        client.query("COMMIT");
        write(client, "INSERT INTO a VALUES (1)");
        assertThat(read(client, "b")).isEqualTo(REPLICA);
    }

    @Test
    void prepared_statements_are_told_apart_as_well() {
        TestClient client = bench.client();
        int readA = client.prepare("SELECT x FROM a").statementId();
        int readB = client.prepare("SELECT x FROM b").statementId();
        client.query("USE elsewhere");
        write(client, "INSERT INTO app.a VALUES (1)");
        assertThat(client.execute(readA, false)).hasToString(SOURCE);
        assertThat(client.execute(readB, false)).hasToString(REPLICA);
    }

    @Test
    void a_failed_write_and_one_without_gtid_count_for_their_tables() {
        TestClient client = bench.client();
        bench.source.on("UPDATE a SET x = 2", Answer.err(1205, "Lock wait timeout"));
        client.query("UPDATE a SET x = 2");
        assertThat(read(client, "a")).isEqualTo(SOURCE);
        assertThat(read(client, "b")).isEqualTo(REPLICA);
    }

    @Test
    void a_definition_makes_all_uncertain_until_the_catalogue_is_read_again() {
        TestClient client = bench.client();
        write(client, "INSERT INTO a VALUES (1)");
        assertThat(read(client, "b")).isEqualTo(REPLICA);
        bench.client().query("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW INSERT INTO b VALUES (1)");
        assertThat(read(client, "b")).isEqualTo(SOURCE);
        learn();
        assertThat(read(client, "b")).isEqualTo(REPLICA);
    }

    @Test
    void a_statement_during_which_definitions_change_counts_for_all() {
        TestClient client = bench.client();
        bench.source.on("BEGIN", Answer.ok().sets(ServerStatus.SERVER_STATUS_IN_TRANS));
        bench.source.on("COMMIT", written().clears(ServerStatus.SERVER_STATUS_IN_TRANS));
        client.query("BEGIN");
        client.query("INSERT INTO a VALUES (1)");
        catalogue.changed();
        client.query("INSERT INTO a VALUES (2)");
        learn();
        client.query("COMMIT");
        assertThat(read(client, "b")).isEqualTo(SOURCE);
    }

    @Test
    void of_more_tables_than_are_remembered_the_first_count_for_all() {
        TestClient client = bench.client();
        for (int i = 0; i < Writes.MAX_TABLES; i++) {
            write(client, "INSERT INTO t" + i + " VALUES (1)");
        }
        assertThat(read(client, "b")).isEqualTo(REPLICA);
        write(client, "INSERT INTO t" + Writes.MAX_TABLES + " VALUES (1)");
        assertThat(read(client, "b")).isEqualTo(SOURCE);
        assertThat(read(client, "t0")).isEqualTo(SOURCE);
    }

    @Test
    void tables_are_told_apart_where_reads_see_the_writes_of_others_as_well() {
        bench.close();
        bench = bench(CausalReads.global(0));
        bench.loop.advance(Duration.ofMillis(500));
        bench.publish(bench.source, bench.replica1);
        TestClient client = bench.client();
        write(client, "INSERT INTO a VALUES (1)");
        TestClient other = bench.client();
        assertThat(read(other, "a")).isEqualTo(SOURCE);
        assertThat(read(other, "b")).isEqualTo(REPLICA);
    }

    @Test
    void a_token_and_a_read_only_transaction_are_of_all_tables() {
        TestClient client = bench.client();
        write(client, "INSERT INTO a VALUES (1)");
        client.query("START TRANSACTION READ ONLY");
        assertThat(read(client, "b")).isEqualTo(SOURCE);
        client.query("COMMIT");
        assertThat(read(client, "b")).isEqualTo(REPLICA);
        client.query("SELECT x FROM b /* sluice:after=" + UUID + ":99 */");
        assertThat(read(client, "b")).isEqualTo(SOURCE);
    }

    @Test
    void explain_route_tells_what_the_read_must_see() {
        TestClient client = bench.client();
        write(client, "INSERT INTO a VALUES (1)");
        assertThat(client.query("EXPLAIN ROUTE SELECT x FROM a").toString()).contains("must see " + UUID + ":11");
        assertThat(client.query("EXPLAIN ROUTE SELECT x FROM b").toString()).doesNotContain("must see");
    }
}
