// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing;

/** Why a statement went where it went; what metrics and logs show. */
public enum Reason {
    /** A read, and a replica was fresh enough. */
    READ_ON_REPLICA,
    /** A read, and a replica waits until it has the writes that the session must see. */
    READ_AFTER_WAIT,
    /** A read that a comment in the statement directs to the source, or to a hostgroup of which the source serves it. */
    HINT,
    /** The same by a rule. */
    RULE,
    /** The same by the default hostgroup of the user. */
    DEFAULT_HOSTGROUP,
    /** A read with no replica to go to: none is online with a weight. */
    NO_REPLICA,
    /** A read, but every replica is further behind than allowed, or its lag is unknown. */
    REPLICAS_LAG,
    /** A read, but no replica has the writes yet that the session must see. */
    NOT_YET_REPLICATED,
    /** A transaction is open on this backend. */
    IN_TRANSACTION,
    /** The session is pinned to this backend. */
    PINNED,
    /** Every statement is part of a transaction while autocommit is off. */
    AUTOCOMMIT_OFF,
    /** A write, a locking read, or something not known to be a read. */
    WRITE,
    /** A write with an implicit commit. */
    SCHEMA_CHANGE,
    /** A read whose answer belongs to one server or connection. */
    SERVER_SPECIFIC_READ,
    /** Asks about the statement before. */
    DIAGNOSTICS,
    TRANSACTION_CONTROL,
    SESSION_STATE,
    /** Makes state that pins. */
    CONNECTION_STATE,
    ADMINISTRATION,
    /** For the proxy to translate or answer; sent to the source if the session does not. */
    PROXY_STATEMENT,
    /** No server takes writes at the moment. */
    NO_SOURCE
}
