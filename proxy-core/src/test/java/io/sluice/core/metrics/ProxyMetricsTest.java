// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.core.backend.BackendCounters;
import io.sluice.routing.Reason;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.topology.BackendAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyMetricsTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ProxyMetrics metrics = new ProxyMetrics(registry);

    @Test
    void counts_answers_by_the_reason_of_their_destination() {
        metrics.answered(Reason.READ_ON_REPLICA);
        assertThat(registry.get("sluice.routed")
                        .tag("reason", "read_on_replica")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void keeps_own_errors_by_code_and_the_servers_in_one() {
        metrics.ownError(9001);
        metrics.ownError(9001);
        metrics.serverError();
        assertThat(registry.get("sluice.errors")
                        .tags("origin", "sluice", "code", "9001")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("sluice.errors")
                        .tag("origin", "server")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void bounds_the_codes_it_keeps() {
        for (int code = 0; code < 10_000; code++) {
            metrics.ownError(code);
        }
        assertThat(registry.find("sluice.errors").counters()).hasSizeLessThan(200);
    }

    @Test
    void shows_what_a_pool_counts() {
        BackendCounters counters = new BackendCounters();
        BackendMetrics.register(registry, BackendAddress.parse("db1"), counters);
        counters.lost.increment();
        assertThat(registry.get("sluice.backend.connections")
                        .tags("server", "db1:3306", "event", "lost")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shows_what_the_parser_made_of_statements() {
        Structures structures = new Structures(Runnable::run, 1 << 20);
        ParserMetrics.register(registry, structures);
        StatementClassifier classifier = new StatementClassifier(64, structures);
        for (String sql : List.of("SELECT a FROM t", "SELECT 1 FROM t WHERE", "SELECT a FROM t")) {
            classifier.classify(sql.getBytes(US_ASCII), 0, sql.length(), LexContext.DEFAULT);
        }

        assertThat(parsed("understood")).isEqualTo(1);
        assertThat(parsed("not_understood")).isEqualTo(1);
        assertThat(parsed("turned_away")).isZero();
    }

    private double parsed(String outcome) {
        return registry.get("sluice.parser.statements")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    @Test
    void has_no_label_that_a_client_could_fill() {
        metrics.loginRefused(LoginRefusal.ACCESS_DENIED);
        ParserMetrics.register(registry, new Structures(Runnable::run, 1 << 20));
        assertThat(registry.getMeters())
                .flatMap(meter -> meter.getId().getTags())
                .extracting(Tag::getKey)
                .isSubsetOf("reason", "cause", "origin", "code", "server", "event", "outcome", "le");
    }
}
