// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.channel.ChannelFutureListener;
import io.sluice.core.backend.BackendConnection;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.SqlError;
import io.sluice.protocol.codec.Command;
import io.sluice.protocol.response.ResponseKind;
import io.sluice.routing.sql.KillText;
import io.sluice.routing.sql.Statement;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * KILL and COM_PROCESS_KILL as one session sends them. An id that no session of this Sluice has is the source's to
 * understand, or to refuse. Confined to the session's event loop.
 */
final class KillCommands {
    private static final Statement KILL = TextlessCommands.classified("KILL 1");
    private static final Pattern ID = Pattern.compile("\\d{1,18}");

    private final Session session;
    private final LoopScope scope;
    private final SessionState state;
    private final Relay relay;
    private boolean underWay;

    KillCommands(Session session, LoopScope scope, SessionState state, Relay relay) {
        this.session = session;
        this.scope = scope;
        this.state = state;
        this.relay = relay;
    }

    /** Whether the session awaits the answer to a KILL. */
    boolean isUnderWay() {
        return underWay;
    }

    void query(Command command, Statement statement) {
        byte[] text = new byte[command.bodyLength()];
        command.packets().getBytes(command.bodyIndex(), text);
        KillText kill = resolved(KillText.read(text, 0, text.length));
        KillTarget victim = kill == null ? null : victim(kill.id());
        if (kill == null || victim == null) {
            relay.begin(command, statement, ResponseKind.RESULT, null);
        } else {
            kill(command, kill, victim);
        }
    }

    /** The same with an id in place of a variable; null if it is none that is known here. */
    private @Nullable KillText resolved(@Nullable KillText kill) {
        if (kill == null || kill.variable() == null) {
            return kill;
        }
        String literal = state.variables().userVariable(kill.variable());
        if (literal == null || !ID.matcher(literal).matches()) {
            return null;
        }
        return new KillText(kill.words(), kill.query(), Long.valueOf(literal));
    }

    void processKill(Command command) {
        if (command.payloadLength() != 5) {
            throw new ProtocolException("COM_PROCESS_KILL without an id");
        }
        long id = command.packets().getUnsignedIntLE(command.bodyIndex());
        KillTarget victim = victim(id);
        if (victim == null) {
            relay.begin(command, KILL, ResponseKind.RESULT, null);
        } else {
            kill(command, new KillText("KILL", false, id), victim);
        }
    }

    private @Nullable KillTarget victim(@Nullable Long id) {
        Session found = id == null ? session : scope.directory().find(id);
        return found == null ? null : found.killTarget();
    }

    private void kill(Command command, KillText kill, KillTarget victim) {
        command.packets().release();
        if (victim == session.killTarget()) {
            killSelf(kill.query());
            return;
        }
        underWay = true;
        new Kill(scope, session.user(), state.poolKey(), kill, victim, this::answered).start();
    }

    private void killSelf(boolean query) {
        if (query) {
            session.sendError(Errors.interrupted(), 1);
            return;
        }
        SqlError error = state.isMariadb() ? Errors.connectionKilled() : Errors.interrupted();
        session.channel()
                .writeAndFlush(ClientPackets.err(session.channel().alloc(), error, 1))
                .addListener(ChannelFutureListener.CLOSE);
    }

    /** Ends a statement that takes longer than it may; the session's next one waits until nothing can hit it. */
    void killOwn(BackendConnection connection) {
        underWay = true;
        connection.hold();
        String kill = "KILL QUERY " + connection.threadId();
        new OneStatement(scope, connection.address(), state.poolKey(), kill, error -> {
                    underWay = false;
                    connection.unhold(false);
                    if (relay.phase() == Phase.IDLE) {
                        session.commandDone();
                    }
                })
                .start();
    }

    private void answered(@Nullable SqlError error) {
        underWay = false;
        if (!session.channel().isActive()) {
            return;
        }
        if (error == null) {
            session.answerOk();
        } else {
            session.sendError(error, 1);
        }
        session.commandDone();
    }
}
