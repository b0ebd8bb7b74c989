// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.response;

/** The courses that a response can take, by the command it answers. */
public enum ResponseKind {
    /** OK, ERR, a file request, or result sets: COM_QUERY, COM_STMT_EXECUTE and everything that answers OK or ERR. */
    RESULT,
    /** COM_STMT_PREPARE: prepare-OK, then definitions of parameters and columns. */
    PREPARE,
    /** COM_STMT_FETCH: rows without definitions. */
    ROWS,
    /** COM_FIELD_LIST: definitions up to an EOF packet. */
    FIELD_LIST,
    /** COM_STATISTICS: one packet of text. */
    TEXT,
    /** COM_BINLOG_DUMP and COM_BINLOG_DUMP_GTID: events up to an EOF packet, or for ever. */
    BINLOG,
}
