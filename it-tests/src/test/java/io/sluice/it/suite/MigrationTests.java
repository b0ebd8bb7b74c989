// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Flyway: schema changes with a history, under a lock of the server so that one program at a time makes them. */
abstract class MigrationTests extends Area {
    private static final String SCHEMA = "migrated";

    @BeforeEach
    void drop_schema() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            run(connection, "DROP DATABASE IF EXISTS " + SCHEMA);
        }
        awaitReplicas();
    }

    private FluentConfiguration flyway(String... folders) {
        return Flyway.configure()
                .dataSource(endpoint().url(""), "app", "app")
                .schemas(SCHEMA)
                .locations(Stream.of(folders)
                        .map(folder -> "classpath:io/sluice/it/suite/migration/" + folder)
                        .toArray(String[]::new));
    }

    private List<String> versions() throws SQLException {
        try (Connection connection = endpoint().connect()) {
            return column(
                    connection,
                    "SELECT CONCAT_WS(' ', version, description, success) FROM " + SCHEMA
                            + ".flyway_schema_history ORDER BY installed_rank FOR UPDATE");
        }
    }

    @Test
    void migrates_once_and_then_finds_nothing_to_do() throws SQLException {
        Flyway flyway = flyway("good").load();
        assertThat(flyway.migrate().migrationsExecuted).isEqualTo(4);
        awaitReplicas();
        assertThat(flyway.migrate().migrationsExecuted).isZero();
        assertThat(flyway.validateWithResult().validationSuccessful).isTrue();
        assertThat(flyway.info().current().getVersion().getVersion()).isEqualTo("3");
        assertThat(versions())
                .containsExactly(
                        "<< Flyway Schema Creation >> 1", "1 tables 1", "2 rows 1", "3 procedure 1", "views 1");
        try (Connection connection = endpoint().connectAs("app", "app", SCHEMA)) {
            assertThat(column(connection, "SELECT name FROM named ORDER BY name"))
                    .containsExactly("one; or two", "second");
            assertThat(value(connection, "CALL count_items()")).isEqualTo("2");
        }
    }

    /** Not from the very beginning: whether there is a history Flyway asks before it takes its lock, also directly. */
    @Test
    void two_programs_that_migrate_at_once_take_turns() throws SQLException {
        int first = flyway("good").target("1").load().migrate().migrationsExecuted;
        awaitReplicas();
        Flyway one = flyway("good").load();
        Flyway two = flyway("good").load();
        int executed = CompletableFuture.supplyAsync(() -> one.migrate().migrationsExecuted)
                .thenCombine(CompletableFuture.supplyAsync(() -> two.migrate().migrationsExecuted), Integer::sum)
                .orTimeout(60, TimeUnit.SECONDS)
                .join();
        assertThat(first + executed).isEqualTo(4);
        assertThat(versions())
                .filteredOn(version -> !version.contains("Schema"))
                .hasSize(4);
    }

    @Test
    void a_failed_migration_is_on_record_until_it_is_repaired() throws SQLException {
        Flyway flyway = flyway("good", "bad").load();
        assertThatThrownBy(flyway::migrate)
                .isInstanceOf(FlywayException.class)
                .hasMessageContaining("Duplicate entry '1' for key");
        assertThat(versions()).last().isEqualTo("4 duplicate 0");
        awaitReplicas();
        assertThat(flyway.info().all())
                .filteredOn(info -> info.getState() == MigrationState.FAILED)
                .hasSize(1);
        flyway.repair();
        awaitReplicas();
        assertThat(versions()).noneMatch(version -> version.startsWith("4"));
    }

    @Test
    void the_history_stays_whole_in_groups_and_is_cleaned_away() throws SQLException {
        Flyway flyway =
                flyway("good").group(true).mixed(true).cleanDisabled(false).load();
        assertThat(flyway.migrate().migrationsExecuted).isEqualTo(4);
        awaitReplicas();
        flyway.clean();
        try (Connection connection = endpoint().connect()) {
            awaitReplicas();
            assertThat(column(connection, "SHOW DATABASES LIKE '" + SCHEMA + "'"))
                    .isEmpty();
        }
    }
}
