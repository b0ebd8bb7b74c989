// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.sluice.it.suite.library.Author;
import io.sluice.it.suite.library.Book;
import io.sluice.it.suite.library.Novel;
import io.sluice.it.suite.library.Work;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.hibernate.LazyInitializationException;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.dialect.MariaDBDialect;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Hibernate over HikariCP: entities, their locks, batches and the tables that it makes for itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one factory for all tests: it takes a second to build
public abstract class HibernateTests extends Area {
    private HikariDataSource pool;
    private SessionFactory sessions;

    @BeforeAll
    void build() {
        pool = PoolTests.pool(
                endpoint(),
                3,
                "useServerPrepStmts=true",
                "cachePrepStmts=true",
                "rewriteBatchedStatements=true",
                "useLocalSessionState=true");
        Configuration configuration = new Configuration();
        for (Class<?> entity : List.of(Author.class, Book.class, Work.class, Novel.class)) {
            configuration.addAnnotatedClass(entity);
        }
        configuration.getProperties().put("hibernate.connection.datasource", pool);
        if (onMariaDb()) { // of which Connector/J tells Hibernate nothing
            configuration.setProperty("hibernate.dialect", MariaDBDialect.class.getName());
        }
        configuration.setProperty("hibernate.hbm2ddl.auto", "create-drop");
        configuration.setProperty("hibernate.jdbc.batch_size", "25");
        configuration.setProperty("hibernate.order_inserts", "true");
        sessions = configuration.buildSessionFactory();
    }

    @BeforeEach
    void empty() {
        sessions.inTransaction(session -> {
            for (Class<?> entity : List.of(Book.class, Author.class, Work.class)) {
                session.createMutationQuery("delete from " + entity.getSimpleName())
                        .executeUpdate();
            }
        });
    }

    @AfterAll
    void close() {
        try {
            sessions.close();
        } finally {
            pool.close();
        }
    }

    private long anAuthor(String name, int books) {
        return sessions.fromTransaction(session -> {
            Author author = new Author(name);
            IntStream.range(0, books).forEach(i -> author.add("book " + i));
            session.persist(author);
            return author.id();
        });
    }

    @Test
    void stores_and_loads_what_belongs_together() {
        long id = anAuthor("größe 😀", 3);
        sessions.inTransaction(session -> {
            Author author = session.find(Author.class, id);
            assertThat(author.name()).isEqualTo("größe 😀");
            assertThat(author.books()).extracting(Book::title).containsExactly("book 0", "book 1", "book 2");
            author.books().remove(1);
        });
        assertThat(sessions.<Long>fromTransaction(session -> session.createQuery(
                                "select count(*) from Book b where b.author.id = :id", Long.class)
                        .setParameter("id", id)
                        .getSingleResult()))
                .isEqualTo(2);
    }

    @Test
    void inserts_in_batches_with_ids_from_a_table() {
        long id = anAuthor("prolific", 200);
        List<Long> ids = sessions.fromTransaction(session -> session.createQuery(
                        "select b.id from Book b where b.author.id = :id order by b.id", Long.class)
                .setParameter("id", id)
                .getResultList());
        assertThat(ids).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void the_second_of_two_writers_is_told_that_it_is_late() {
        long id = anAuthor("first", 0);
        sessions.inSession(late -> {
            late.beginTransaction();
            Author author = late.find(Author.class, id);
            sessions.inTransaction(session -> session.find(Author.class, id).rename("second"));
            author.rename("third");
            assertThatThrownBy(() -> late.getTransaction().commit()).isInstanceOf(OptimisticLockException.class);
        });
        sessions.inTransaction(
                session -> assertThat(session.find(Author.class, id).name()).isEqualTo("second"));
    }

    @Test
    void what_fails_or_is_taken_back_leaves_nothing() {
        long id = anAuthor("unique", 1);
        assertThatThrownBy(() -> anAuthor("unique", 5)).isInstanceOf(ConstraintViolationException.class);
        sessions.inSession(session -> {
            session.beginTransaction();
            session.find(Author.class, id).rename("never");
            session.flush();
            session.getTransaction().rollback();
        });
        sessions.inTransaction(session -> {
            assertThat(session.find(Author.class, id).name()).isEqualTo("unique");
            assertThat(session.createQuery("select count(*) from Book", Long.class)
                            .getSingleResult())
                    .isEqualTo(1);
        });
    }

    @Test
    void loads_lazily_while_its_session_lasts() {
        long id = anAuthor("lazy", 2);
        Author detached = sessions.fromTransaction(session -> {
            Author reference = session.getReference(Author.class, id);
            assertThat(reference.name()).isEqualTo("lazy");
            return session.find(Author.class, id);
        });
        assertThatThrownBy(() -> detached.books().size()).isInstanceOf(LazyInitializationException.class);
    }

    @Test
    void a_read_only_session_reads_what_was_committed() {
        long id = anAuthor("read", 2);
        awaitReplicas();
        sessions.inSession(session -> {
            session.setDefaultReadOnly(true);
            session.doWork(connection -> connection.setReadOnly(true));
            session.beginTransaction();
            assertThat(session.find(Author.class, id).books()).hasSize(2);
            session.getTransaction().commit();
            session.doWork(connection -> connection.setReadOnly(false));
            session.beginTransaction();
            session.createMutationQuery("update Author set name = 'written' where id = :id")
                    .setParameter("id", id)
                    .executeUpdate();
            session.getTransaction().commit();
        });
        sessions.inTransaction(
                session -> assertThat(session.find(Author.class, id).name()).isEqualTo("written"));
    }

    @Test
    void locks_rows() {
        long id = anAuthor("locked", 0);
        sessions.inTransaction(session -> {
            session.find(Author.class, id, LockModeType.PESSIMISTIC_WRITE).rename("held");
            session.flush();
            List<Long> free = sessions.fromTransaction(
                    other -> other.createNativeQuery("SELECT id FROM library_author FOR UPDATE SKIP LOCKED", Long.class)
                            .getResultList());
            assertThat(free).isEmpty();
        });
    }

    @Test
    void changes_many_rows_of_joined_tables_by_a_temporary_one() {
        sessions.inTransaction(session -> IntStream.range(0, 30).forEach(i -> session.persist(new Novel("n" + i, i))));
        sessions.inTransaction(session -> {
            assertThat(session.createMutationQuery("update Novel set title = 'long', pages = 1000 where pages >= 20")
                            .executeUpdate())
                    .isEqualTo(10);
            assertThat(session.createMutationQuery("delete from Novel where pages < 10")
                            .executeUpdate())
                    .isEqualTo(10);
        });
        sessions.inTransaction(session -> assertThat(
                        session.createQuery("select n.pages from Novel n where n.title = 'long'", Integer.class)
                                .getResultList())
                .hasSize(10)
                .containsOnly(1000));
    }

    @Test
    void answers_queries_of_every_shape() {
        anAuthor("ann", 3);
        anAuthor("bob", 1);
        anAuthor("cid", 0);
        sessions.inTransaction(session -> IntStream.range(1, 5).forEach(i -> session.persist(new Novel("n" + i, i))));
        awaitReplicas();
        sessions.inTransaction(session -> HibernateQueries.ANSWERS.forEach((query, answer) -> assertThat(
                        session.createSelectionQuery(query, Object.class).getResultList().stream()
                                .map(row -> row instanceof Object[] columns ? Arrays.toString(columns) : "" + row)
                                .collect(Collectors.joining(" ")))
                .as(query)
                .isEqualTo(answer)));
    }

    @Test
    void reads_page_by_page_and_by_criteria() {
        long id = anAuthor("pages", 7);
        sessions.inTransaction(session -> {
            List<String> second = session.createQuery(
                            "select b.title from Book b where b.author.id = :id order by b.id", String.class)
                    .setParameter("id", id)
                    .setFirstResult(3)
                    .setMaxResults(3)
                    .getResultList();
            assertThat(second).containsExactly("book 3", "book 4", "book 5");
            var builder = session.getCriteriaBuilder();
            var criteria = builder.createQuery(Author.class);
            var author = criteria.from(Author.class);
            criteria.where(builder.like(author.get("name"), "pag%")).orderBy(builder.desc(author.get("name")));
            assertThat(session.createQuery(criteria).getResultList()).hasSize(1);
            assertThat(session.findMultiple(Author.class, List.of(id, id + 1)))
                    .hasSize(2)
                    .containsNull();
        });
    }

    @Test
    void streams_a_result() {
        long id = anAuthor("stream", 100);
        sessions.inTransaction(session -> {
            try (var books = session.createQuery("from Book b where b.author.id = :id", Book.class)
                    .setParameter("id", id)
                    .setFetchSize(Integer.MIN_VALUE)
                    .getResultStream()) {
                assertThat(books.map(Book::title).distinct().count()).isEqualTo(100);
            }
        });
    }

    @Test
    void a_session_without_state_writes_at_once() {
        try (var session = sessions.openStatelessSession()) {
            session.beginTransaction();
            Author author = new Author("stateless");
            session.insert(author);
            author.rename("stateless 2");
            session.update(author);
            session.getTransaction().commit();
            assertThat(session.get(Author.class, author.id()).name()).isEqualTo("stateless 2");
        }
    }
}
