// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.admin.AdminReply.Later;
import io.sluice.admin.AdminReply.Table;
import io.sluice.core.view.ServerControl;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.ServerControl.Step;
import io.sluice.protocol.SqlError;
import io.sluice.routing.topology.BackendAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The statements that begin with SLUICE: what an operator may do to servers. */
final class ServerOperations {
    static final String SWITCHOVER = "SLUICE SWITCHOVER TO 'host:port' [FORCE]";
    static final String DRAIN = "SLUICE DRAIN 'host:port' [KILL AFTER n]";
    static final String RESTORE = "SLUICE RESTORE 'host:port'";

    private static final String SERVER = "\\s+['\"]([^'\"]*)['\"]";
    private static final Pattern SWITCH = Pattern.compile("(?i)SLUICE SWITCHOVER TO" + SERVER + "( FORCE)?");
    private static final Pattern TAKE_OUT =
            Pattern.compile("(?i)SLUICE DRAIN" + SERVER + "( KILL AFTER (\\d{1,6})( SECONDS?)?)?");
    private static final Pattern TAKE_BACK = Pattern.compile("(?i)SLUICE RESTORE" + SERVER);

    private static final int ER_PARSE_ERROR = 1064;
    private static final int ER_UNKNOWN_ERROR = 1105;

    private final ServerControl control;

    ServerOperations(ServerControl control) {
        this.control = control;
    }

    /** Null if it is none of these statements; it has been normalised. */
    @Nullable
    AdminReply answer(String statement) {
        if (!statement.regionMatches(true, 0, "SLUICE ", 0, 7)) {
            return null;
        }
        try {
            Matcher matcher = SWITCH.matcher(statement);
            if (matcher.matches()) {
                return switchOver(server(matcher.group(1)), matcher.group(2) != null);
            }
            matcher = TAKE_OUT.matcher(statement);
            if (matcher.matches()) {
                String seconds = matcher.group(3);
                control.drain(
                        server(matcher.group(1)), seconds == null ? null : Duration.ofSeconds(Long.parseLong(seconds)));
                return AdminReply.DONE;
            }
            matcher = TAKE_BACK.matcher(statement);
            if (matcher.matches()) {
                control.restore(server(matcher.group(1)));
                return AdminReply.DONE;
            }
        } catch (Refused refused) {
            return refused(ER_UNKNOWN_ERROR, "HY000", String.valueOf(refused.getMessage()));
        }
        return refused(ER_PARSE_ERROR, "42000", "write " + SWITCHOVER + ", " + DRAIN + " or " + RESTORE);
    }

    private AdminReply switchOver(BackendAddress candidate, boolean force) {
        return new Later(control.switchOver(candidate, force).handle((steps, failure) -> {
            return failure == null ? table(steps) : refused(ER_UNKNOWN_ERROR, "HY000", message(failure));
        }));
    }

    private static String message(Throwable failure) {
        Throwable inner = failure.getCause();
        return String.valueOf(
                failure instanceof CompletionException && inner != null ? inner.getMessage() : failure.getMessage());
    }

    private static AdminReply table(List<Step> steps) {
        Table table = Table.of("ms", "step", "result");
        steps.forEach(step -> table.with(step.millis(), step.what(), step.result()));
        return table;
    }

    private static BackendAddress server(String text) throws Refused {
        try {
            return BackendAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private static AdminReply refused(int code, String state, String message) {
        return new AdminReply.Refused(new SqlError(code, state, "Sluice: " + message));
    }
}
