// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBufUtil;
import io.netty.util.NetUtil;
import io.sluice.protocol.codec.Command;
import io.sluice.routing.hint.Hints;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.rule.RuleMatcher;
import io.sluice.routing.rule.RuleSubject;
import io.sluice.routing.rule.Verdict;
import io.sluice.routing.sql.Statement;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What rules, hints and the user say of one session's statements. Confined to its event loop. */
final class SessionRules {
    private final String user;
    private final LoopScope scope;
    private final SessionState state;
    private final RuleSubject subject;
    private final Direction ofUser;
    private RuleMatcher matcher;
    private RuleMatcher.OfSession rules;
    private boolean logged;

    /**
     * @param client where the client is
     * @param here where it connected to
     */
    SessionRules(String user, SocketAddress client, SocketAddress here, LoopScope scope, SessionState state) {
        this.user = user;
        this.scope = scope;
        this.state = state;
        int port = here instanceof InetSocketAddress inet ? inet.getPort() : 0;
        this.subject = new RuleSubject(user, host(client), host(here), port);
        this.matcher = scope.rules();
        this.rules = matcher.of(subject);
        this.ofUser = scope.rules().hostgroups().ofUser(user);
    }

    /** The rules of now: others may have taken the place of those before. */
    private RuleMatcher.OfSession rules() {
        RuleMatcher now = scope.rules();
        if (now != matcher) {
            matcher = now;
            rules = now.of(subject);
        }
        return rules;
    }

    /** Those of a Unix socket have no address of their own. */
    private static String host(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            return inet.getAddress() == null ? inet.getHostString() : NetUtil.toAddressString(inet.getAddress());
        }
        return "localhost";
    }

    /** What the rules want of a command that was just classified; counts as their hit. */
    Verdict judge(Command command, Statement statement) {
        Verdict verdict = look(command, statement);
        hit(verdict, statement);
        return verdict;
    }

    /**
     * A statement is treated so: it is counted and, if a rule wants that, logged without its literals. Where there is a file
     * for statements it is written there, once it is answered.
     */
    void hit(Verdict verdict, Statement statement) {
        verdict.hit();
        logged = verdict.treatment().logs();
        if (logged && !scope.queryLog().isOn()) {
            String schema = state.schema();
            scope.queryLog()
                    .tell(() -> "event=rule_matched rules=\"" + verdict + "\" user=" + user + " schema=" + schema
                            + " class=" + statement.statementClass() + " digest="
                            + Long.toHexString(statement.digest()) + " sql=\"" + statement.digestText() + "\"");
        }
    }

    /** The same without counting. */
    Verdict look(Command command, Statement statement) {
        boolean read = rules().looksAtText() && statement != TextlessCommands.UNREAD;
        byte[] text = read ? ByteBufUtil.getBytes(command.packets(), command.bodyIndex(), command.bodyLength()) : null;
        return look(text, statement);
    }

    Verdict look(byte @Nullable [] text, Statement statement) {
        RuleMatcher.OfSession now = rules();
        return now.isEmpty() ? Verdict.NONE : now.judge(state.schema(), statement, text);
    }

    /** Whether a rule wants the statement that was hit last to be logged. */
    boolean logged() {
        return logged;
    }

    /** Where a statement with these hints is wanted: hints go before rules, those before users. */
    Direction direction(Verdict verdict, Hints hints) {
        if (verdict.treatment().pins()) {
            return verdict.direction(); // whatever a hint says
        }
        Direction byRules = verdict.isDirected() ? verdict.direction() : ofUser;
        return scope.rules().hostgroups().direct(hints, byRules);
    }

    /** Where commands without a text are wanted. */
    Direction ofUser() {
        return ofUser;
    }
}
