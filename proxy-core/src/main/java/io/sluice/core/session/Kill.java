// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.channel.Channel;
import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.BackendConnector;
import io.sluice.core.backend.ConnectFailure;
import io.sluice.core.backend.PoolKey;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.SqlError;
import io.sluice.routing.sql.KillText;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.Member;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session kills another, or its statement. Whether it may is the server's to say: the KILL is sent there with the
 * killer's account, for the connection that serves the victim, or for one of the victim's account if none does; where
 * that account cannot log in any more, for one of the monitor's. Runs on the killer's event loop, and asks the victim's;
 * used once.
 */
final class Kill {
    private static final int ER_NO_SUCH_THREAD = 1094;
    private static final int MAX_ATTEMPTS = 3;

    private final LoopScope scope;
    private final PoolKey killer;
    private final KillText what;
    private final KillTarget victim;
    private final Consumer<@Nullable SqlError> answer;
    private boolean permitted;
    private int attempts;

    /**
     * @param user as whom the killer's client has logged in
     * @param killer how servers know the killer
     * @param answer called once, on the killer's loop, with null if it is done
     */
    Kill(
            LoopScope scope,
            String user,
            PoolKey killer,
            KillText what,
            KillTarget victim,
            Consumer<@Nullable SqlError> answer) {
        this.scope = scope;
        this.killer = killer;
        this.what = what;
        this.victim = victim;
        this.answer = answer;
        this.permitted = user.equals(victim.user()); // As servers have it: the name decides, not the host.
    }

    void start() {
        if (!permitted && killer.user().equals(victim.poolKey().user())) {
            // Two users whom the servers know by one name: a server would take the one for the other.
            answer.accept(Errors.notOwner(victim.id()));
            return;
        }
        attempts++;
        boolean may = permitted;
        victim.loop().execute(() -> {
            KillTarget.Found found = victim.find(what.query(), may);
            scope.loop().execute(() -> found(found));
        });
    }

    private void found(KillTarget.Found found) {
        BackendConnection connection = found.connection();
        if (connection != null) {
            kill(connection);
            return;
        }
        switch (found.state()) {
            case DONE -> answer.accept(null);
            case GONE -> answer.accept(Errors.noSuchThread(victim.id()));
            case IDLE -> judge(victim.poolKey());
            case BUSY -> throw new AssertionError(found);
        }
    }

    private void kill(BackendConnection connection) {
        send(connection.address(), what.words(), connection.threadId(), error -> {
            boolean done = error == null;
            victim.loop().execute(() -> victim.answered(connection, what.query(), done));
            if (error != null && error.code() == ER_NO_SUCH_THREAD && attempts < MAX_ATTEMPTS) {
                start(); // The connection is gone meanwhile, but the session is not.
            } else {
                answer.accept(error);
            }
        });
    }

    /** No server knows of the victim now: opens a connection of its account, for a server to judge the KILL by. */
    private void judge(PoolKey account) {
        Member server = scope.source();
        if (server == null) {
            answer.accept(
                    Errors.noSource(java.time.Duration.ZERO, scope.topology().note()));
            return;
        }
        BackendAddress address = server.address();
        scope.connector().connect(scope.loop(), address, account, new BackendConnector.Outcome() {
            @Override
            public void connected(Channel channel, long threadId, Flavor flavor, Capabilities capabilities) {
                send(address, "KILL QUERY", threadId, error -> {
                    channel.close();
                    if (error == null) {
                        permitted = true;
                        start();
                    } else {
                        answer.accept(error);
                    }
                });
            }

            @Override
            public void failed(ConnectFailure failure) {
                PoolKey other = scope.monitorsKey(account);
                boolean refused = failure.error() != null && !failure.isServersFault();
                if (refused && !account.equals(other) && !killer.user().equals(other.user())) {
                    judge(other); // Whoever may kill the one may kill the other, since both are another user's.
                } else {
                    answer.accept(Errors.noAnswer(address, failure.cause()));
                }
            }
        });
    }

    /** The server's id stands for the victim's; its errors must name the one that the client knows. */
    private void send(BackendAddress address, String words, long threadId, Consumer<@Nullable SqlError> done) {
        new OneStatement(scope, address, killer, words + " " + threadId, error -> {
                    if (error == null) {
                        done.accept(null);
                        return;
                    }
                    String text = error.message().replaceAll("\\b" + threadId + "\\b", String.valueOf(victim.id()));
                    done.accept(new SqlError(error.code(), error.sqlState(), text));
                })
                .start();
    }
}
