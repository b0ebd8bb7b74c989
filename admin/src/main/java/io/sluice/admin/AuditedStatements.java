// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.admin.AdminReply.Changed;
import io.sluice.admin.AdminReply.Later;
import io.sluice.admin.AdminReply.Refused;
import io.sluice.admin.AdminReply.Table;
import io.sluice.admin.sql.AdminUser;
import io.sluice.admin.sql.AuditLog;
import io.sluice.admin.sql.MaskedSql;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells the audit of statements that change something, once it is known what came of them. */
final class AuditedStatements {
    private static final Set<String> EDITS = Set.of("INSERT", "REPLACE", "UPDATE", "DELETE");
    private static final Set<String> OTHERS = Set.of("LOAD", "SAVE", "KILL", "SLUICE", "PROXYSQL");
    /** Not what drivers set at connect. */
    private static final Pattern SET = Pattern.compile("(?i)SET\\s+(GLOBAL\\s+)?[`'\"]?(mysql|admin|sluice)[-_].*");

    private final AuditLog audit;

    AuditedStatements(AuditLog audit) {
        this.audit = audit;
    }

    /**
     * The same reply, which the audit is told of if the statement is one that changes something.
     *
     * @param statement the normalised text
     */
    AdminReply reply(String sql, String statement, AdminUser by, AdminReply reply) {
        String verb = statement.split("\\W", 2)[0].toUpperCase(Locale.ROOT);
        boolean edit = EDITS.contains(verb) || SET.matcher(statement).matches();
        if (statement.equalsIgnoreCase("SLUICE DIFF")) {
            return reply;
        }
        if (!edit && !OTHERS.contains(verb)) {
            return reply;
        }
        if (reply instanceof Later later) {
            return new Later(later.reply().whenComplete((result, failure) -> tell(sql, edit, by, result)));
        }
        tell(sql, edit, by, reply);
        return reply;
    }

    private void tell(String sql, boolean edit, AdminUser by, @Nullable AdminReply reply) {
        MaskedSql masked = new MaskedSql(sql);
        String outcome = outcome(reply);
        if (edit) {
            audit.edited(by, masked, outcome);
        } else {
            audit.done(by, masked, outcome);
        }
    }

    private static String outcome(@Nullable AdminReply reply) {
        if (reply instanceof Refused refused) {
            return "refused: " + refused.error().message();
        }
        if (reply instanceof Changed changed && !changed.note().isEmpty()) {
            return "ok: " + changed.note();
        }
        if (reply instanceof Table table) {
            return "ok: "
                    + table.rows().stream().map(row -> String.join(" ", row)).collect(Collectors.joining("; "));
        }
        return reply == null ? "failed; the log has the cause" : "ok";
    }
}
