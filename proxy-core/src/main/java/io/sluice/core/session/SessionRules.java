// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.netty.buffer.ByteBufUtil;
import io.netty.util.NetUtil;
import io.sluice.protocol.codec.Command;
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
    private final LoopScope scope;
    private final SessionState state;
    private final RuleMatcher.OfSession rules;
    private final Direction ofUser;

    /**
     * @param client where the client is
     * @param here where it connected to
     */
    SessionRules(String user, SocketAddress client, SocketAddress here, LoopScope scope, SessionState state) {
        this.scope = scope;
        this.state = state;
        int port = here instanceof InetSocketAddress inet ? inet.getPort() : 0;
        this.rules = scope.rules().of(new RuleSubject(user, host(client), host(here), port));
        this.ofUser = scope.rules().hostgroups().ofUser(user);
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
        verdict.hit();
        return verdict;
    }

    /** The same without counting. */
    Verdict look(Command command, Statement statement) {
        boolean read = rules.looksAtText() && statement != TextlessCommands.UNREAD;
        byte[] text = read ? ByteBufUtil.getBytes(command.packets(), command.bodyIndex(), command.bodyLength()) : null;
        return look(text, statement);
    }

    Verdict look(byte @Nullable [] text, Statement statement) {
        return rules.isEmpty() ? Verdict.NONE : rules.judge(state.schema(), statement, text);
    }

    /** Where the text that was classified last, as this statement, is wanted: hints go before rules, those before users. */
    Direction direction(Statement statement, Verdict verdict) {
        Direction byRules = verdict.isDirected() ? verdict.direction() : ofUser;
        return statement == TextlessCommands.UNREAD
                ? byRules
                : scope.rules().hostgroups().direct(scope.classifier().hints(), byRules);
    }

    /** Where commands without a text are wanted. */
    Direction ofUser() {
        return ofUser;
    }
}
