// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.failover;

import io.sluice.it.Endpoint;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One connection that is never replaced, and statements without end on it. A writer writes numbered rows and reads each
 * back at once; a reader reads.
 */
final class Client extends Thread {
    /** A statement that ended, times by System.nanoTime(). */
    record Call(int n, long beganNanos, long endedNanos, int error, String message) {
        boolean failed() {
            return error != 0;
        }
    }

    /** Between two turns, in milliseconds. Many clients, two cores: none of them shall have to wait for the others. */
    private static final long PAUSE = Long.getLong("sluice.it.kill.pause", 10);

    private final Endpoint endpoint;
    private final int number;
    private final boolean writes;
    private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
    private final List<Call> missed = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger succeeded = new AtomicInteger();
    private volatile boolean stopped;
    private volatile @Nullable String lost;

    Client(Endpoint endpoint, int number, boolean writes) {
        super((writes ? "writer-" : "reader-") + number);
        this.endpoint = endpoint;
        this.number = number;
        this.writes = writes;
        setDaemon(true);
    }

    @Override
    public void run() {
        try (Connection connection = endpoint.connect();
                Statement statement = connection.createStatement()) {
            for (int n = 0; !stopped; n++) {
                if (writes) {
                    write(statement, n);
                } else {
                    read(statement, n);
                }
                if (connection.isClosed()) {
                    throw new SQLException("the connection was closed");
                }
                Thread.sleep(PAUSE);
            }
        } catch (SQLException e) {
            lost = e.getErrorCode() + " " + e.getMessage();
        } catch (InterruptedException e) {
            lost = "interrupted";
        }
    }

    private void write(Statement statement, int n) {
        Call call = call(n, () -> {
            insert(statement, n);
            return true;
        });
        if (!call.failed()) {
            Call readBack = call(n, () -> {
                if (count(statement, "writer = " + number + " AND n = " + n) == 0) {
                    missed.add(call);
                }
                return true;
            });
            if (readBack.failed()) {
                calls.add(readBack);
            }
        }
        calls.add(call);
    }

    private void insert(Statement statement, int n) throws SQLException {
        String insert = "INSERT INTO killed (writer, n) VALUES (" + number + ", " + n + ")";
        if (!inTransactions()) {
            statement.executeUpdate(insert);
            return;
        }
        try {
            statement.execute("BEGIN");
            statement.executeUpdate(insert);
            statement.execute("COMMIT");
        } catch (SQLException e) {
            statement.execute("ROLLBACK"); // also where the server has, as programs do
            throw e;
        }
    }

    private void read(Statement statement, int n) {
        Call call = call(n, () -> count(statement, "writer = 0 AND n = " + n) >= 0);
        calls.add(call);
    }

    private interface Work {
        boolean run() throws SQLException;
    }

    private Call call(int n, Work work) {
        long began = System.nanoTime();
        try {
            work.run();
            succeeded.incrementAndGet();
            return new Call(n, began, System.nanoTime(), 0, "");
        } catch (SQLException e) {
            int error = e.getErrorCode() == 0 ? -1 : e.getErrorCode();
            return new Call(n, began, System.nanoTime(), error, String.valueOf(e.getMessage()));
        }
    }

    private static int count(Statement statement, String condition) throws SQLException {
        try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM killed WHERE " + condition)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    void finish() throws InterruptedException {
        stopped = true;
        join(60_000);
        if (isAlive()) {
            lost = "hangs";
        }
    }

    /** Whether each of its writes is BEGIN, INSERT and COMMIT. */
    boolean inTransactions() {
        return number % 3 == 0;
    }

    boolean writes() {
        return writes;
    }

    int number() {
        return number;
    }

    int succeeded() {
        return succeeded.get();
    }

    /** Its statements, but for those read-backs that succeeded. */
    List<Call> calls() {
        return List.copyOf(calls);
    }

    /** Acknowledged writes that the read right after them did not find. */
    List<Call> missed() {
        return List.copyOf(missed);
    }

    /** Why it lost its connection; null if it has not. */
    @Nullable
    String lost() {
        return lost;
    }
}
