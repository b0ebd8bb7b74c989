// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.config.LogSettings;
import io.sluice.core.metrics.LoginRefusal;
import io.sluice.protocol.SqlError;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2024-05-06T07:08:09.123Z"), ZoneOffset.UTC);

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("lines.jsonl");
    }

    @Test
    void writes_lines_in_their_order_with_the_time_first() throws IOException {
        Journal journal = Journal.open(file, "log.queries.file", CLOCK);
        journal.add(line -> line.put("a", 1).put("b", "x").put("c", null));
        journal.add(line -> line.put("a", 2));
        journal.close();
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"time\":\"2024-05-06T07:08:09.123Z\",\"a\":1,\"b\":\"x\"}",
                        "{\"time\":\"2024-05-06T07:08:09.123Z\",\"a\":2}");
        assertThat(journal.written()).isEqualTo(2);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r-----");
    }

    @Test
    void lines_that_find_no_room_are_dropped_and_counted_and_nobody_waits() throws IOException {
        Journal journal = Journal.open(file, "log.queries.file", CLOCK);
        Object busy = new Object();
        synchronized (busy) {
            for (int i = 0; i < 3 * Journal.MOST_WAITING; i++) {
                journal.add(line -> {
                    synchronized (busy) {
                        line.put("a", 1);
                    }
                });
            }
            assertThat(journal.dropped()).isGreaterThanOrEqualTo(Journal.MOST_WAITING);
        }
        journal.close();
        assertThat(journal.written() + journal.dropped()).isEqualTo(3L * Journal.MOST_WAITING);
        assertThat(Files.readAllLines(file)).hasSize((int) journal.written());
    }

    @Test
    void a_file_that_was_moved_away_is_made_anew() throws IOException {
        Journal journal = Journal.open(file, "log.queries.file", CLOCK);
        journal.add(line -> line.put("a", 1));
        while (journal.written() < 1) {
            Thread.onSpinWait();
        }
        Path old = Files.move(file, directory.resolve("lines.jsonl.1"));
        journal.add(line -> line.put("a", 2));
        journal.close();
        assertThat(Files.readString(old)).contains("\"a\":1").doesNotContain("\"a\":2");
        assertThat(Files.readString(file)).contains("\"a\":2");
    }

    @Test
    void a_file_that_cannot_be_written_is_told_with_its_key() {
        assertThatThrownBy(() -> Journal.open(directory.resolve("no/such"), "log.clients.file", CLOCK))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("log.clients.file: cannot write to", "name a file in a directory");
    }

    @Test
    void lines_are_json_whatever_is_in_them() {
        assertThat(new JsonLine()
                        .put("a", "\"\\\n\u0001\u007f\u2028\ud800\u00e4")
                        .toString())
                .isEqualTo("{\"a\":\"\\\"\\\\\\u000a\\u0001\\u007f\\u2028\\ud800\u00e4\"}\n");
    }

    @Test
    void slow_statements_those_of_rules_and_a_sample_are_written() throws IOException {
        Journal journal = Journal.open(file, "log.queries.file", CLOCK);
        QueryLog log = new QueryLog(journal, new LogSettings.Queries(file, Duration.ofMillis(5), 3, false), null);
        assertThat(log.why(5_000_000, false)).isEqualTo("slow");
        assertThat(log.why(5_000_000, true)).isEqualTo("rule");
        assertThat(log.why(1, false)).isNull();
        assertThat(log.why(1, false)).isNull();
        assertThat(log.why(1, false)).isEqualTo("sample");
        assertThat(log.why(1, false)).isNull();
        journal.close();
    }

    @Test
    void nothing_is_written_without_a_file_and_only_what_is_wanted_with_one() throws IOException {
        assertThat(QueryLog.off().why(Long.MAX_VALUE, true)).isNull();
        Journal journal = Journal.open(file, "log.queries.file", CLOCK);
        QueryLog log = new QueryLog(journal, new LogSettings.Queries(file, Duration.ZERO, 0, false), null);
        assertThat(log.why(Long.MAX_VALUE - 1, false)).isNull();
        log.use(new LogSettings.Queries(file, Duration.ofMillis(5), 0, false));
        assertThat(log.why(5_000_000, false)).isEqualTo("slow");
        journal.close();
    }

    @Test
    void literals_are_not_written() throws IOException {
        Journal journal = Journal.open(file, "log.queries.file", CLOCK);
        QueryLog log = new QueryLog(journal, LogSettings.Queries.NONE, null);
        log.write("slow", answer("SELECT name FROM t WHERE secret = 'hunter2'", null, 1064));
        journal.close();
        assertThat(Files.readString(file))
                .doesNotContain("hunter2")
                .contains("\"why\":\"slow\",\"session\":7,\"user\":\"app\"", "\"micros\":1500", "\"error\":1064")
                .contains("\"class\":\"R\",\"destination\":\"REPLICA\",\"server\":\"db1:3306\"")
                .contains("\"reason\":\"READ_ON_REPLICA\"", "WHERE secret = ?\"}")
                .doesNotContain("schema");
    }

    @Test
    void literals_are_written_where_they_are_allowed() throws IOException {
        Journal journal = Journal.open(file, "log.queries.file", CLOCK);
        QueryLog log = new QueryLog(journal, new LogSettings.Queries(file, Duration.ZERO, 1, true), null);
        assertThat(log.wantsLiterals()).isTrue();
        QueryLog.Answer masked = answer("SELECT 1", null, 0);
        log.write(
                "sample",
                new QueryLog.Answer(
                        7,
                        "app",
                        "/10.0.0.1:5",
                        null,
                        masked.statement(),
                        Destination.REPLICA,
                        BackendAddress.parse("db1"),
                        Reason.READ_ON_REPLICA,
                        1,
                        0,
                        0,
                        "SELECT \"1\""));
        journal.close();
        assertThat(Files.readString(file)).contains("\"sql\":\"SELECT \\\"1\\\"\"}");
    }

    @Test
    void logins_and_refusals_are_written() throws IOException {
        Journal journal = Journal.open(file, "log.clients.file", CLOCK);
        ClientLog log = new ClientLog(journal);
        log.loggedIn(7, "app", "/10.0.0.1:5", "shop", true);
        log.refused("app", "/10.0.0.1:6", LoginRefusal.ACCESS_DENIED, new SqlError(1045, "28000", "Access denied"));
        log.closed(7);
        journal.close();
        assertThat(Files.readString(file))
                .contains(
                        "\"event\":\"login\",\"session\":7,\"user\":\"app\",\"client\":\"/10.0.0.1:5\",\"schema\":\"shop\"")
                .contains("\"event\":\"refused\",\"user\":\"app\"", "\"cause\":\"access_denied\",\"error\":1045")
                .contains("\"event\":\"closed\",\"session\":7}");
    }

    private static QueryLog.Answer answer(String sql, @Nullable String schema, int error) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        Statement statement = new StatementClassifier(4).classify(text, 0, text.length, LexContext.DEFAULT);
        return new QueryLog.Answer(
                7,
                "app",
                "/10.0.0.1:5",
                schema,
                statement,
                Destination.REPLICA,
                BackendAddress.parse("db1"),
                Reason.READ_ON_REPLICA,
                1_500_000,
                0,
                error,
                null);
    }
}
