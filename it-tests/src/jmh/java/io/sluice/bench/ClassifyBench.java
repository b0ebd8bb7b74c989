// SPDX-License-Identifier: Apache-2.0
package io.sluice.bench;

import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What it takes to know a statement: one lexing pass, and the cached verdict of its normal form. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ClassifyBench {
    private final StatementClassifier classifier = new StatementClassifier();
    private final byte[][] points = new byte[1024][];
    private final byte[] longer;
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

    private static byte[] bytes(String sql) {
        return sql.getBytes(StandardCharsets.UTF_8);
    }

    /** The text differs from call to call, the digest does not. */
    @Benchmark
    public Statement pointSelect() {
        byte[] sql = points[next++ & points.length - 1];
        return classifier.classify(sql, 0, sql.length, LexContext.DEFAULT);
    }

    /** Some 200 tokens. */
    @Benchmark
    public Statement longSelect() {
        return classifier.classify(longer, 0, longer.length, LexContext.DEFAULT);
    }
}
