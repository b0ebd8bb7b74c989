// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.OneRow;
import io.sluice.core.backend.SessionSetup;
import io.sluice.routing.Decision;
import io.sluice.routing.Destination;
import io.sluice.routing.Reason;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.Flavor;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What a server must have before it gets a command, and how it is asked to wait for that. A replica waits until it has
 * certain transactions (manual: WAIT_FOR_EXECUTED_GTID_SET; MariaDB: MASTER_GTID_WAIT), and tells besides what it had when
 * it began. A node of a Galera cluster waits until it has all that any node has committed (manual: wsrep_sync_wait).
 *
 * @param gtids the transactions; empty: none, or those of the cluster
 * @param ofCluster whether all those of its cluster
 * @param bounded whether the command goes elsewhere when it takes too long
 */
record CausalWait(GtidSet gtids, boolean ofCluster, boolean bounded) {
    static final CausalWait NONE = new CausalWait(GtidSet.EMPTY, false, true);

    private static final CausalWait OF_CLUSTER = new CausalWait(GtidSet.EMPTY, true, true);
    private static final CausalWait OF_SOURCE = new CausalWait(GtidSet.EMPTY, true, false);

    private static final String REACHED = "0";

    /** Where the session before has left the cluster (wsrep_on) or wants dirty reads, the node would not wait. */
    private static final String CLUSTER_WAIT =
            "SET STATEMENT wsrep_sync_wait=1,wsrep_dirty_reads=0 FOR SELECT @@session.wsrep_on";

    private static final List<String> IN_STEP = List.of("1");

    /** How long the source is waited for at least, even by those who may not be held: no other server will do. */
    private static final Duration FOR_SOURCE = Duration.ofSeconds(2);

    /** For a command that goes there. */
    static CausalWait before(Decision.Forward forward, RouteRequest request, LoopScope scope) {
        if (scope.router().mustCatchUp(forward.backend(), request)) {
            return forward.destination() == Destination.SOURCE ? OF_SOURCE : OF_CLUSTER;
        }
        return forward.reason() == Reason.READ_AFTER_WAIT ? new CausalWait(request.requiredGtids(), false, true) : NONE;
    }

    boolean isNone() {
        return !ofCluster && gtids.isEmpty();
    }

    /**
     * Sends the question, without a flush; routing learns of the answer.
     *
     * @param reached gets whether the server has them in time
     * @param tooLate called instead when the server is to answer no more
     */
    void ask(
            BackendConnection connection,
            LoopScope scope,
            Consumer<Boolean> reached,
            BiConsumer<BackendConnection, String> lost,
            Runnable tooLate) {
        if (ofCluster) {
            askNode(connection, scope, reached, lost, tooLate);
        } else {
            askReplica(connection, scope, reached, lost);
        }
    }

    private void askReplica(
            BackendConnection connection,
            LoopScope scope,
            Consumer<Boolean> reached,
            BiConsumer<BackendConnection, String> lost) {
        boolean mariadb = connection.flavor() == Flavor.MARIADB;
        String function = mariadb ? "MASTER_GTID_WAIT" : "WAIT_FOR_EXECUTED_GTID_SET";
        String had = mariadb ? "@@global.gtid_slave_pos" : "@@global.gtid_executed";
        double seconds = scope.limits().causalWait().toNanos() / 1e9;
        String sql = String.format(Locale.ROOT, "SELECT %s('%s',%.3f),%s", function, gtids, seconds, had);
        Consumer<List<String>> answer = row -> {
            boolean inTime = row.size() == 2 && row.get(0).equals(REACHED);
            scope.events().waited(inTime);
            if (inTime) {
                scope.router().reached(connection.address(), gtids.union(parse(row.get(1))));
            } else {
                scope.router().missed(connection.address());
            }
            reached.accept(inTime);
        };
        send(connection, sql, answer, lost);
    }

    /** The server's own limit is half a minute and the same for all: so the time is taken here. */
    private void askNode(
            BackendConnection connection,
            LoopScope scope,
            Consumer<Boolean> reached,
            BiConsumer<BackendConnection, String> lost,
            Runnable tooLate) {
        long asked = scope.nanos();
        Duration hold = scope.limits().hold();
        Duration ofSource = hold.compareTo(FOR_SOURCE) < 0 ? FOR_SOURCE : hold;
        Duration most = bounded ? scope.limits().causalWait() : ofSource;
        Runnable over = () -> {
            if (connection.isUsable()) { // else its session is gone, too
                behind(connection, scope);
                tooLate.run();
            }
        };
        Future<?> timer = scope.loop().schedule(over, most.toNanos(), TimeUnit.NANOSECONDS);
        Consumer<List<String>> answer = row -> {
            timer.cancel(false);
            boolean inStep = row.equals(IN_STEP);
            if (inStep) {
                scope.events().waited(true);
                scope.router().caughtUp(connection.address(), asked);
            } else {
                behind(connection, scope);
            }
            reached.accept(inStep);
        };
        send(connection, CLUSTER_WAIT, answer, (gone, cause) -> {
            timer.cancel(false);
            lost.accept(gone, cause);
        });
    }

    private void behind(BackendConnection connection, LoopScope scope) {
        scope.events().waited(false);
        scope.router().fellBehind(connection.address(), scope.nanos());
        if (!bounded) {
            scope.shun(connection.address(), "has not got what its cluster committed before");
        }
    }

    private static void send(
            BackendConnection connection,
            String sql,
            Consumer<List<String>> answer,
            BiConsumer<BackendConnection, String> lost) {
        connection.send(SessionSetup.query(connection.channel().alloc(), sql), new OneRow(connection, answer, lost));
    }

    /** What cannot be read proves nothing. */
    private static GtidSet parse(String text) {
        try {
            return GtidSet.parse(text);
        } catch (IllegalArgumentException e) {
            return GtidSet.EMPTY;
        }
    }
}
