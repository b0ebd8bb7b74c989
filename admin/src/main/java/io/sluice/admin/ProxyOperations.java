// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.admin.AdminReply.Done;
import io.sluice.admin.AdminReply.Later;
import io.sluice.admin.AdminReply.Refused;
import io.sluice.core.view.ProxyControl;
import io.sluice.protocol.SqlError;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What ProxySQL's operators do to the proxy and to its clients: PROXYSQL PAUSE and the like, and KILL. */
final class ProxyOperations {
    static final String FORMS =
            "PROXYSQL PAUSE | RESUME | SHUTDOWN [SLOW] | KILL | FLUSH LOGS | FLUSH QUERY CACHE |" + " FLUSH CONFIGDB";
    static final String KILL = "KILL [CONNECTION | QUERY] id";

    private static final Pattern COMMAND = Pattern.compile(
            "(?i)(?:PROXYSQL (.*)|(FLUSH LOGS|FLUSH HOSTS|FLUSH PRIVILEGES|SHUTDOWN)|SLUICE ((?:PAUSE|RESUME|SHUTDOWN|KILL|RESTART|START|STOP|FLUSH)\\b.*))");
    private static final Pattern KILLS = Pattern.compile("(?i)KILL(?: (CONNECTION|QUERY))? '?(\\d{1,18})'?");

    private static final int ER_PARSE_ERROR = 1064;
    private static final int ER_NOT_SUPPORTED_YET = 1235;

    private final ProxyControl clients;
    private final ProcessControl process;

    ProxyOperations(ProxyControl clients, ProcessControl process) {
        this.clients = clients;
        this.process = process;
    }

    /** Null if it is none of these statements; it has been normalised. */
    @Nullable
    AdminReply answer(String statement) {
        if (statement.regionMatches(true, 0, "KILL ", 0, 5)) {
            Matcher kill = KILLS.matcher(statement);
            return kill.matches()
                    ? kill(Long.parseLong(kill.group(2)), "QUERY".equalsIgnoreCase(kill.group(1)))
                    : refused(ER_PARSE_ERROR, "write " + KILL + ", with an id as SHOW PROCESSLIST has it");
        }
        Matcher command = COMMAND.matcher(statement);
        if (!command.matches()) {
            return null;
        }
        if (command.group(2) != null && !command.group(2).equalsIgnoreCase("FLUSH LOGS")) {
            return refused(ER_NOT_SUPPORTED_YET, command.group(2) + " is for servers; there are " + FORMS);
        }
        String words = Stream.of(1, 2, 3)
                .map(command::group)
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        return command(words.toUpperCase(Locale.ROOT));
    }

    private AdminReply kill(long id, boolean query) {
        return new Later(clients.kill(id, query)
                .handle((error, bug) -> error != null
                        ? new Refused(error)
                        : bug != null ? refused(ER_NOT_SUPPORTED_YET, String.valueOf(bug)) : AdminReply.DONE));
    }

    private AdminReply command(String words) {
        switch (words) {
            case "PAUSE" -> {
                clients.pause();
                return new Done("new clients are refused; those that are there go on");
            }
            case "RESUME" -> {
                clients.resume();
                return new Done("clients are let in");
            }
            case "SHUTDOWN", "SHUTDOWN SLOW" -> {
                process.stop();
                return new Done("no clients are let in any more; open transactions have shutdown.drain to end");
            }
            case "KILL" -> {
                process.halt();
                return AdminReply.DONE;
            }
            case "FLUSH LOGS" -> {
                return new Done("nothing to do: a log file that is moved away is made anew by itself");
            }
            case "FLUSH QUERY CACHE" -> {
                return new Done("nothing to do: Sluice keeps no results, so that it has no query cache");
            }
            case "FLUSH CONFIGDB" -> {
                return new Done("nothing to do: what is saved is on the disk when SAVE is answered");
            }
            default -> {
                return refused(ER_NOT_SUPPORTED_YET, instead(words) + "; there are " + FORMS);
            }
        }
    }

    private static String instead(String words) {
        if (words.equals("RESTART")) {
            return "Sluice does not start itself again: let what keeps it running do that (systemctl restart sluice);"
                    + " most of the configuration needs no restart (LOAD CONFIG)";
        }
        if (words.equals("START") || words.startsWith("STOP")) {
            return "Sluice serves as long as it runs: PROXYSQL PAUSE keeps new clients out, PROXYSQL SHUTDOWN ends it";
        }
        if (words.equals("READONLY") || words.equals("READWRITE")) {
            return "who may change what is said by admin.users[].role of the configuration file";
        }
        return "there is no PROXYSQL " + words + " here";
    }

    private static Refused refused(int code, String message) {
        return new Refused(new SqlError(code, "42000", "Sluice: " + message));
    }
}
