// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** What commands without a text, or with one that is not read, are routed as: a statement of the same effect. */
final class TextlessCommands {
    static final Statement NOTHING = classified("DO 0");
    static final Statement UNREAD = classified("UNREADABLE");
    static final Statement FIELD_LIST = classified("SHOW COLUMNS FROM t");
    static final Statement STATISTICS = classified("SHOW STATUS");
    static final Statement PROCESS_INFO = classified("SHOW PROCESSLIST");
    static final Statement REFRESH = classified("FLUSH STATUS");
    static final Statement DEBUG = classified("FLUSH LOCAL STATUS");
    static final Statement INIT_DB = classified("USE t");
    static final Statement REGISTER_REPLICA = classified("SET RESOURCE GROUP r");
    static final Statement CURSOR_READ = classified("SELECT @@server_id");
    static final Statement BINLOG_DUMP = classified("SELECT @@server_id");

    static final Statement PREPARE_READ = classified("SELECT 1");
    static final Statement PREPARE_OTHER = classified("SELECT @@server_id");

    private static final Set<Statement> ALL = Set.of(
            NOTHING,
            UNREAD,
            FIELD_LIST,
            STATISTICS,
            PROCESS_INFO,
            REFRESH,
            DEBUG,
            INIT_DB,
            REGISTER_REPLICA,
            CURSOR_READ,
            BINLOG_DUMP,
            PREPARE_READ,
            PREPARE_OTHER);

    private TextlessCommands() {}

    /** Whether it is one of these, so that its text is not what anybody has sent. */
    static boolean stand(Statement statement) {
        return ALL.contains(statement); // told apart by identity
    }

    /** What people are shown of a statement; empty if nobody has sent its text. */
    static String shown(Statement statement) {
        return stand(statement) ? "" : statement.digestText();
    }

    static Statement classified(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.US_ASCII);
        return new StatementClassifier().classify(bytes, 0, bytes.length, LexContext.DEFAULT);
    }
}
