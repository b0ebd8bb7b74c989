// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.tour;

import io.sluice.it.server.SluiceProcess;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One client that writes numbered rows and reads each back at once, on one connection that it never replaces. A row
 * whose INSERT failed is in doubt and is not tried again: the next has the next number.
 *
 * <p>Its own thread writes the fields; others read them after {@link #join}, except the volatile ones.
 */
final class LoadSession extends Thread {
    /** A write that the server acknowledged, and when. */
    record Ack(int n, long nanos) {}

    private final SluiceProcess sluice;
    private final int number;
    private final List<Ack> acks = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private int readBacks;
    private final Set<Integer> missed = new HashSet<>();
    private volatile boolean stopped;
    private volatile int acknowledged;
    private volatile @Nullable String lost;

    LoadSession(SluiceProcess sluice, int number) {
        super("load-" + number);
        this.sluice = sluice;
        this.number = number;
        setDaemon(true);
    }

    @Override
    public void run() {
        try (Connection connection = SplitTour.connect(sluice, "tour");
                Statement statement = connection.createStatement()) {
            for (int n = 1; !stopped; n++) {
                if (write(statement, n)) {
                    readBack(statement, n);
                }
                if (connection.isClosed()) {
                    throw new SQLException("the connection was closed after: " + errors);
                }
            }
        } catch (SQLException e) {
            lost = e.getMessage();
        }
    }

    private boolean write(Statement statement, int n) {
        try {
            statement.executeUpdate("INSERT INTO writes (session, n) VALUES (" + number + ", " + n + ")");
            acks.add(new Ack(n, System.nanoTime()));
            acknowledged = acks.size();
            return true;
        } catch (SQLException e) {
            errors.add(e.getErrorCode() + " " + e.getMessage());
            return false;
        }
    }

    private void readBack(Statement statement, int n) {
        try {
            String found =
                    SplitTour.first(statement, "SELECT n FROM writes WHERE session = " + number + " AND n = " + n);
            readBacks++;
            if (!found.equals(Integer.toString(n))) {
                missed.add(n);
            }
        } catch (SQLException e) {
            errors.add(e.getErrorCode() + " " + e.getMessage());
        }
    }

    void finish() throws InterruptedException {
        stopped = true;
        join(30_000);
    }

    int acknowledged() {
        return acknowledged;
    }

    /** Why the client lost its connection; null when it still has it. */
    @Nullable
    String lost() {
        return lost;
    }

    int number() {
        return number;
    }

    List<Ack> acks() {
        return acks;
    }

    List<String> errors() {
        return errors;
    }

    int readBacks() {
        return readBacks;
    }

    /** The numbers of acknowledged rows that the read right after the write did not find. */
    Set<Integer> missed() {
        return missed;
    }
}
