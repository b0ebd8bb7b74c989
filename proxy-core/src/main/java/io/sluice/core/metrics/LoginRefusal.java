// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.metrics;

/** Why a client was not let in: the values of a label. */
public enum LoginRefusal {
    ACCESS_DENIED,
    TOO_MANY_CLIENTS,
    TOO_MANY_CLIENTS_OF_USER,
    UNKNOWN_SCHEMA,
    TLS_REQUIRED,
    TLS_FAILED,
    TIMEOUT,
    PROTOCOL,
    CLIENT_GONE,
    SHUTTING_DOWN,
    NO_BACKEND
}
