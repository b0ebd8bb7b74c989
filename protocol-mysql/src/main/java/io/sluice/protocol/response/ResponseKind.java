// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.response;

/** The courses that a response can take, by the command it answers. */
public enum ResponseKind {
    /** OK, ERR, a file request, or result sets: COM_QUERY, COM_STMT_EXECUTE and everything that answers OK or ERR. */
    RESULT,
    /**
     * The same, but the client asked for a cursor: the classic EOF packet after the definitions is the end if it has
     * SERVER_STATUS_CURSOR_EXISTS. Elsewhere that flag means nothing: MariaDB leaves it on in a CALL that uses cursors.
     */
    CURSOR_RESULT,
    /** COM_STMT_PREPARE: prepare-OK, then definitions of parameters and columns. */
    PREPARE,
    /** COM_STMT_FETCH: rows without definitions. */
    ROWS,
    /** COM_FIELD_LIST: definitions up to an EOF packet. */
    FIELD_LIST,
    /** COM_STATISTICS: one packet of text. */
    TEXT,
    /** COM_BINLOG_DUMP and COM_BINLOG_DUMP_GTID: events up to an EOF packet, or for ever. */
    BINLOG;

    /** Whether the response is that of a statement that was executed, or the like. */
    public boolean isResult() {
        return this == RESULT || this == CURSOR_RESULT;
    }
}
