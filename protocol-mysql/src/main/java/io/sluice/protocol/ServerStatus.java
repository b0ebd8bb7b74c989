// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol;

/**
 * The server status flags of OK and EOF packets (manual: SERVER_STATUS_flags_enum). Kept as an int, since one comes
 * with every response.
 */
public final class ServerStatus {
    public static final int SERVER_STATUS_IN_TRANS = 1;
    public static final int SERVER_STATUS_AUTOCOMMIT = 1 << 1;
    public static final int SERVER_MORE_RESULTS_EXISTS = 1 << 3;
    public static final int SERVER_STATUS_NO_GOOD_INDEX_USED = 1 << 4;
    public static final int SERVER_STATUS_NO_INDEX_USED = 1 << 5;
    public static final int SERVER_STATUS_CURSOR_EXISTS = 1 << 6;
    public static final int SERVER_STATUS_LAST_ROW_SENT = 1 << 7;
    public static final int SERVER_STATUS_DB_DROPPED = 1 << 8;
    public static final int SERVER_STATUS_NO_BACKSLASH_ESCAPES = 1 << 9;
    public static final int SERVER_STATUS_METADATA_CHANGED = 1 << 10;
    public static final int SERVER_QUERY_WAS_SLOW = 1 << 11;
    public static final int SERVER_PS_OUT_PARAMS = 1 << 12;
    public static final int SERVER_STATUS_IN_TRANS_READONLY = 1 << 13;
    public static final int SERVER_SESSION_STATE_CHANGED = 1 << 14;

    private ServerStatus() {}

    /** Without what belongs to one response: only what describes the session until it changes. */
    public static int lasting(int status) {
        return status
                & (SERVER_STATUS_IN_TRANS
                        | SERVER_STATUS_AUTOCOMMIT
                        | SERVER_STATUS_NO_BACKSLASH_ESCAPES
                        | SERVER_STATUS_IN_TRANS_READONLY);
    }

    public static boolean isInTransaction(int status) {
        return (status & SERVER_STATUS_IN_TRANS) != 0;
    }

    public static boolean isAutocommit(int status) {
        return (status & SERVER_STATUS_AUTOCOMMIT) != 0;
    }

    public static boolean moreResultsExist(int status) {
        return (status & SERVER_MORE_RESULTS_EXISTS) != 0;
    }

    public static boolean cursorExists(int status) {
        return (status & SERVER_STATUS_CURSOR_EXISTS) != 0;
    }

    public static boolean lastRowSent(int status) {
        return (status & SERVER_STATUS_LAST_ROW_SENT) != 0;
    }
}
