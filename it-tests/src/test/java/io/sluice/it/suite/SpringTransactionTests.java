// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.SimpleJdbcCall;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactions: joined, suspended, nested, read-only, with isolation levels and timeouts. */
abstract class SpringTransactionTests extends Area {
    private HikariDataSource pool;
    private JdbcTemplate jdbc;
    private DataSourceTransactionManager transactions;

    @BeforeEach
    void make_table() {
        pool = PoolTests.pool(endpoint(), 3);
        jdbc = new JdbcTemplate(pool);
        transactions = new DataSourceTransactionManager(pool);
        jdbc.execute("DROP TABLE IF EXISTS spring");
        jdbc.execute("CREATE TABLE spring (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(20) UNIQUE)");
        awaitReplicas();
    }

    @AfterEach
    void close_pool() {
        pool.close();
    }

    private TransactionTemplate template(int propagation) {
        TransactionTemplate template = new TransactionTemplate(transactions);
        template.setPropagationBehavior(propagation);
        return template;
    }

    private void inTransaction(int propagation, Consumer<TransactionStatus> work) {
        template(propagation).executeWithoutResult(work);
    }

    private void insert(String value) {
        jdbc.update("INSERT INTO spring (v) VALUES (?)", value);
    }

    /** Read at the source: other connections of the pool wrote. */
    private List<String> values() {
        return jdbc.queryForList("SELECT v FROM spring ORDER BY id FOR UPDATE", String.class);
    }

    @Test
    void an_exception_rolls_back() {
        assertThatThrownBy(() -> inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, status -> {
                    insert("a");
                    throw new IllegalStateException("changed my mind");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(values()).isEmpty();
    }

    @Test
    void an_inner_transaction_joins_and_its_rollback_is_the_whole_one() {
        assertThatThrownBy(() -> inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, outer -> {
                    insert("a");
                    inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, TransactionStatus::setRollbackOnly);
                    insert("b");
                }))
                .isInstanceOf(UnexpectedRollbackException.class);
        assertThat(values()).isEmpty();
    }

    @Test
    void a_new_transaction_within_another_stands_by_itself() {
        inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, outer -> {
            insert("outer");
            String id = jdbc.queryForObject("SELECT CONNECTION_ID()", String.class);
            inTransaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW, inner -> {
                assertThat(jdbc.queryForObject("SELECT CONNECTION_ID()", String.class))
                        .isNotEqualTo(id);
                assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM spring", Integer.class))
                        .isZero();
                insert("inner");
            });
            assertThat(jdbc.queryForObject("SELECT CONNECTION_ID()", String.class))
                    .isEqualTo(id);
            outer.setRollbackOnly();
        });
        assertThat(values()).containsExactly("inner");
    }

    @Test
    void a_nested_transaction_goes_back_to_its_savepoint() {
        inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, outer -> {
            insert("a");
            inTransaction(TransactionDefinition.PROPAGATION_NESTED, nested -> {
                insert("b");
                nested.setRollbackOnly();
            });
            assertThatThrownBy(() -> inTransaction(TransactionDefinition.PROPAGATION_NESTED, nested -> {
                        insert("c");
                        insert("a");
                    }))
                    .isInstanceOf(DuplicateKeyException.class);
            inTransaction(TransactionDefinition.PROPAGATION_NESTED, nested -> insert("d"));
        });
        assertThat(values()).containsExactly("a", "d");
    }

    @Test
    void a_read_only_transaction_refuses_writes_and_the_next_one_takes_them() {
        insert("a");
        awaitReplicas();
        TransactionTemplate readOnly = template(TransactionDefinition.PROPAGATION_REQUIRED);
        readOnly.setReadOnly(true);
        String told = onMariaDb() ? "SELECT 0" : "SELECT @@transaction_read_only"; // Connector/J tells MariaDB nothing
        readOnly.executeWithoutResult(status -> {
            assertThat(jdbc.queryForList("SELECT v FROM spring", String.class)).containsExactly("a");
            assertThat(jdbc.queryForObject(told, Integer.class)).isEqualTo(onMariaDb() ? 0 : 1);
        });
        assertThatThrownBy(() -> readOnly.executeWithoutResult(status -> insert("b")))
                .rootCause()
                .hasMessageContaining("read-only");
        assertThat(jdbc.queryForObject(told, Integer.class)).isZero();
        inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, status -> insert("c"));
        assertThat(values()).containsExactly("a", "c");
    }

    @Test
    void an_isolation_level_is_that_of_its_transaction_alone() {
        String variable = onMariaDb() ? "@@tx_isolation" : "@@transaction_isolation";
        TransactionTemplate committed = template(TransactionDefinition.PROPAGATION_REQUIRED);
        committed.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        for (int i = 0; i < 3; i++) {
            committed.executeWithoutResult(status -> {
                assertThat(jdbc.queryForObject("SELECT " + variable, String.class))
                        .isEqualTo("READ-COMMITTED");
                int before = jdbc.queryForObject("SELECT COUNT(*) FROM spring", Integer.class);
                inTransaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW, inner -> insert("committed " + before));
                assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM spring", Integer.class))
                        .isEqualTo(before + 1);
            });
            inTransaction(
                    TransactionDefinition.PROPAGATION_REQUIRED,
                    status -> assertThat(jdbc.queryForObject("SELECT " + variable, String.class))
                            .isEqualTo("REPEATABLE-READ"));
        }
    }

    @Test
    void a_timeout_ends_the_statement_and_rolls_back() {
        TransactionTemplate hasty = template(TransactionDefinition.PROPAGATION_REQUIRED);
        hasty.setTimeout(1);
        assertThatThrownBy(() -> hasty.executeWithoutResult(status -> {
                    insert("a");
                    jdbc.queryForList("SELECT SLEEP(20) FROM spring");
                }))
                .isInstanceOf(QueryTimeoutException.class);
        assertThat(values()).isEmpty();
    }

    @Test
    void a_lock_that_is_not_had_in_time_is_told_as_such() {
        insert("a");
        inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, outer -> {
            jdbc.update("UPDATE spring SET v = 'b'");
            assertThatThrownBy(() -> inTransaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW, inner -> {
                        jdbc.execute("SET innodb_lock_wait_timeout = 1");
                        jdbc.update("UPDATE spring SET v = 'c'");
                    }))
                    .isInstanceOf(CannotAcquireLockException.class);
        });
        assertThat(values()).containsExactly("b");
    }

    @Test
    void keys_that_the_server_made_come_back() {
        GeneratedKeyHolder keys = new GeneratedKeyHolder();
        jdbc.update(
                connection -> {
                    PreparedStatement statement = connection.prepareStatement(
                            "INSERT INTO spring (v) VALUES ('a'), ('b'), ('c')", Statement.RETURN_GENERATED_KEYS);
                    return statement;
                },
                keys);
        assertThat(keys.getKeyList())
                .extracting(key -> ((Number) key.get("GENERATED_KEY")).intValue())
                .containsExactly(1, 2, 3);
    }

    @Test
    void batches_and_streams_are_whole() {
        List<Object[]> rows =
                IntStream.range(0, 100).mapToObj(i -> new Object[] {"v" + i}).toList();
        inTransaction(TransactionDefinition.PROPAGATION_REQUIRED, status -> {
            jdbc.batchUpdate("INSERT INTO spring (v) VALUES (?)", rows);
            jdbc.setFetchSize(Integer.MIN_VALUE);
            try (var stream = jdbc.queryForStream("SELECT v FROM spring", (row, number) -> row.getString(1))) {
                assertThat(stream.limit(200).count()).isEqualTo(100);
            }
        });
    }

    @Test
    void procedures_are_found_and_called() {
        jdbc.execute("DROP PROCEDURE IF EXISTS spring_count");
        jdbc.execute("CREATE PROCEDURE spring_count(IN prefix VARCHAR(10), OUT found INT)"
                + " SELECT COUNT(*) INTO found FROM spring WHERE v LIKE CONCAT(prefix, '%')");
        insert("x1");
        insert("x2");
        Map<String, Object> out = new SimpleJdbcCall(jdbc)
                .withCatalogName("app")
                .withProcedureName("spring_count")
                .execute(Map.of("prefix", "x"));
        assertThat(out).containsEntry("found", 2);
    }
}
