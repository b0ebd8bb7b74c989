// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClassifier;
import java.nio.charset.StandardCharsets;

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

    private TextlessCommands() {}

    static Statement classified(String sql) {
        byte[] bytes = sql.getBytes(StandardCharsets.US_ASCII);
        return new StatementClassifier().classify(bytes, 0, bytes.length, LexContext.DEFAULT);
    }
}
