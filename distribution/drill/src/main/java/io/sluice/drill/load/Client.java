// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.load;

import io.sluice.drill.load.Call.Kind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One client with one connection. A writer writes numbered rows and reads each back at once; a row whose INSERT failed is
 * in doubt and is not tried again, the next has the next number. A reader reads. Only a connection that was closed is
 * replaced by another, and counted.
 */
final class Client extends Thread {
    private static final Duration AGAIN = Duration.ofMillis(100);

    private final Access access;
    private final String table;
    private final int number;
    private final boolean writes;
    private final Duration rest;
    private final BooleanSupplier stopped;
    private final Collection<Call> calls;
    private final AtomicInteger succeeded = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private volatile long lastWriteBeganNanos = System.nanoTime();
    private int n;

    Client(
            Access access,
            String table,
            int number,
            boolean writes,
            Duration rest,
            BooleanSupplier stopped,
            Collection<Call> calls) {
        super((writes ? "writer-" : "reader-") + number);
        this.access = access;
        this.table = table;
        this.number = number;
        this.writes = writes;
        this.rest = rest;
        this.stopped = stopped;
        this.calls = calls;
        setDaemon(true);
    }

    @Override
    public void run() {
        while (!stopped.getAsBoolean()) {
            Row next = new Row(number, n);
            long began = System.nanoTime();
            try (Connection connection = access.connect();
                    Statement statement = connection.createStatement()) {
                converse(connection, statement);
            } catch (SQLException e) {
                calls.add(failure(writes ? Kind.WRITE : Kind.READ, next, began, e));
                LockSupport.parkNanos(AGAIN.toNanos());
            }
        }
    }

    private void converse(Connection connection, Statement statement) throws SQLException {
        while (!stopped.getAsBoolean()) {
            n++;
            if (writes) {
                write(statement);
            } else {
                call(Kind.READ, new Row(number, n), statement);
            }
            if (connection.isClosed()) {
                lost.incrementAndGet();
                return;
            }
            if (!rest.isZero()) {
                LockSupport.parkNanos(rest.toNanos());
            }
        }
    }

    private void write(Statement statement) {
        Row row = new Row(number, n);
        if (!call(Kind.WRITE, row, statement).failed()) {
            call(Kind.READ_BACK, row, statement);
        }
    }

    private Call call(Kind kind, Row row, Statement statement) {
        long began = System.nanoTime();
        Call call;
        try {
            boolean missed = kind == Kind.WRITE ? insert(statement, row) : isMissing(statement, row);
            call = new Call(kind, row, began, System.nanoTime(), 0, "", kind == Kind.READ_BACK && missed);
            succeeded.incrementAndGet();
            if (kind == Kind.WRITE) {
                lastWriteBeganNanos = began;
            }
        } catch (SQLException e) {
            call = failure(kind, row, began, e);
        }
        calls.add(call);
        return call;
    }

    private boolean insert(Statement statement, Row row) throws SQLException {
        statement.executeUpdate(row.inserted(table));
        return false;
    }

    private boolean isMissing(Statement statement, Row row) throws SQLException {
        try (ResultSet rows = statement.executeQuery(row.counted(table))) {
            return !rows.next() || rows.getInt(1) == 0;
        }
    }

    private static Call failure(Kind kind, Row row, long began, SQLException e) {
        int error = e.getErrorCode() == 0 ? -1 : e.getErrorCode();
        return new Call(kind, row, began, System.nanoTime(), error, String.valueOf(e.getMessage()), false);
    }

    boolean writes() {
        return writes;
    }

    /** Statements without an error. Any thread. */
    int succeeded() {
        return succeeded.get();
    }

    /** When the last of its writes that succeeded began. Any thread. */
    long lastWriteBeganNanos() {
        return lastWriteBeganNanos;
    }

    /** Connections that were closed under it. Any thread. */
    int lost() {
        return lost.get();
    }
}
