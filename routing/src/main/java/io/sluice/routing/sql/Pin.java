// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

/** Why a session must keep its connection: state that no tracker tells in full and no statement can rebuild. */
public enum Pin {
    TEMPORARY_TABLE,
    USER_VARIABLE,
    LOCK_TABLES,
    NAMED_LOCK,
    HANDLER,
    XA,
    PREPARED_TEXT,
    UNTRACKED_STATE,
    CURSOR,
    /** Variables that change what is written to the binary log, such as {@code sql_log_bin} and {@code gtid_next}. */
    BINLOG_SETTING,
    /** A rule says so. */
    RULE
}
