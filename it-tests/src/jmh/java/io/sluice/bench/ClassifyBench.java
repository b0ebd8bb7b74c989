// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import io.sluice.routing.Decision;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.Router;
import io.sluice.routing.RoutingSettings;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Member;
import io.sluice.routing.topology.Role;
import io.sluice.routing.topology.Topology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it takes to know a statement, and its way: one lexing pass, the cached verdict of its normal form, two replicas. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClassifyBench {
    private final StatementClassifier classifier = new StatementClassifier();
    private final byte[][] points = new byte[1024][];
    private final byte[] longer;
    private final Router router = new Router(RoutingSettings.DEFAULT, new SplittableRandom(1));
    private final Topology topology =
            new Topology(1, List.of(server("a", Role.SOURCE), server("b", Role.REPLICA), server("c", Role.REPLICA)), "");
    private int next;

    public ClassifyBench() {
        for (int i = 0; i < points.length; i++) {
            points[i] = bytes("SELECT c FROM sbtest1 WHERE id=" + (4242 + 7 * i));
        }
        StringBuilder text = new StringBuilder("SELECT o.id, o.total AS t FROM orders o JOIN customers c ON c.id = o.customer");
        for (int i = 0; i < 24; i++) {
            text.append(i == 0 ? " WHERE " : " AND ").append("o.field").append(i).append(" = 'value ").append(i).append('\'');
        }
        longer = bytes(text + " ORDER BY o.id DESC LIMIT 20");
    }

    private static Member server(String host, Role role) {
        return new Member(
                new BackendAddress(host, 3306), 1, role, true, null, "", Duration.ZERO, GtidSet.EMPTY, 0, "");
    }

    private static byte[] bytes(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8);
    }

    /** The text differs from call to call, the digest does not. */
    @Benchmark
    public Statement pointSelect() {
        byte[] sql = points[next++ & points.length - 1];
        return classifier.classify(sql, 0, sql.length, LexContext.DEFAULT);
    }

    /** The same with the choice of a replica. */
    @Benchmark
    public Decision pointSelectRouted() {
        return router.route(RouteRequest.ofNewSession(pointSelect()), topology);
    }

    /** Some 200 tokens. */
    @Benchmark
    public Statement longSelect() {
        return classifier.classify(longer, 0, longer.length, LexContext.DEFAULT);
    }
}
