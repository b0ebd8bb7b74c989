// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.admin.sql.AdminUser;
import io.sluice.admin.sql.ComparedTexts;
import io.sluice.core.config.AdminSettings.Role;
import io.sluice.protocol.SqlError;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which role a statement needs, by its words alone: in doubt more rather than less. */
final class Permissions {
    private static final int ER_SPECIFIC_ACCESS_DENIED_ERROR = 1227;

    private static final Pattern CONFIGURES = Pattern.compile(
            "(?is)(INSERT|REPLACE|UPDATE|DELETE|LOAD|SAVE|SLUICE LOAD|(SLUICE|PROXYSQL) (SHUTDOWN|KILL|RESTART)|SET\\s+(GLOBAL\\s+)?[`'\"]?(mysql|admin|sluice)[-_]).*");
    private static final Pattern OPERATES = Pattern.compile("(?is)(SLUICE (?!DIFF\\b)|PROXYSQL|KILL).*");
    private static final Pattern SHOWS_COLUMNS = Pattern.compile("(?is)(SHOW|DESC).*");
    /** Their hashes would be shown, or a password could be guessed. */
    private static final Pattern NAMES_USERS = Pattern.compile("(?i)(?<!stats_)mysql_users|sluice_monitor_password");

    private static final Pattern NAMES_RESET = Pattern.compile("(?i)_reset\\b");

    private Permissions() {}

    /**
     * What keeps a user from a statement; null for nothing.
     *
     * @param sql as it was sent: what a comment is, is not the same for all who read it
     * @param statement the normalised text
     */
    static AdminReply.@Nullable Refused refusal(String sql, String statement, AdminUser user) {
        Role needed = needed(sql, statement);
        if (user.role().compareTo(needed) <= 0) {
            return null;
        }
        return new AdminReply.Refused(new SqlError(
                ER_SPECIFIC_ACCESS_DENIED_ERROR,
                "42000",
                "Sluice: this needs the role " + needed.keyword() + ", and " + user.name() + " has "
                        + user.role().keyword() + "; log in as another, or change admin.users[].role and restart"));
    }

    private static Role needed(String sql, String statement) {
        boolean showsColumns = SHOWS_COLUMNS.matcher(statement).matches();
        String named = ComparedTexts.emptied(sql);
        if (CONFIGURES.matcher(statement).matches()
                || !showsColumns && NAMES_USERS.matcher(named).find()) {
            return Role.ADMIN;
        }
        return OPERATES.matcher(statement).matches()
                        || !showsColumns && NAMES_RESET.matcher(named).find()
                ? Role.OPERATOR
                : Role.READ_ONLY;
    }
}
