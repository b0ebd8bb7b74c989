// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.topology.ServerVersion;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The session state that decides how bytes become words.
 *
 * @param multiByteUnsafe the client's character set has characters whose second byte looks like ASCII (gbk and such)
 * @param multiStatements CLIENT_MULTI_STATEMENTS is on: a semicolon may separate statements
 * @param version of the servers; null: any, so that what is built into the newest is taken as built in
 */
public record LexContext(
        boolean ansiQuotes,
        boolean noBackslashEscapes,
        boolean multiByteUnsafe,
        boolean multiStatements,
        @Nullable ServerVersion version) {
    public static final LexContext DEFAULT = new LexContext(false, false, false, false, null);

    /** Modes that include ANSI_QUOTES; servers list ANSI_QUOTES beside them, clients do not. */
    private static final Set<String> ANSI_MODES =
            Set.of("ANSI_QUOTES", "ANSI", "DB2", "MAXDB", "MSSQL", "ORACLE", "POSTGRESQL");

    private static final Set<String> UNSAFE_CHARSETS = Set.of("big5", "cp932", "gbk", "gb18030", "sjis");

    /** With the value of {@code sql_mode}, as a session tracker tells it. */
    public LexContext withSqlMode(String sqlMode) {
        boolean ansi = false;
        boolean noEscapes = false;
        for (String mode : sqlMode.toUpperCase(Locale.ROOT).split(",", -1)) {
            ansi |= ANSI_MODES.contains(mode.trim());
            noEscapes |= mode.trim().equals("NO_BACKSLASH_ESCAPES");
        }
        return new LexContext(ansi, noEscapes, multiByteUnsafe, multiStatements, version);
    }

    /** With the value of {@code character_set_client}. */
    public LexContext withCharset(String charset) {
        boolean unsafe = UNSAFE_CHARSETS.contains(charset.toLowerCase(Locale.ROOT));
        return new LexContext(ansiQuotes, noBackslashEscapes, unsafe, multiStatements, version);
    }

    public LexContext withMultiStatements(boolean on) {
        return new LexContext(ansiQuotes, noBackslashEscapes, multiByteUnsafe, on, version);
    }

    public LexContext withVersion(@Nullable ServerVersion newVersion) {
        return new LexContext(ansiQuotes, noBackslashEscapes, multiByteUnsafe, multiStatements, newVersion);
    }
}
