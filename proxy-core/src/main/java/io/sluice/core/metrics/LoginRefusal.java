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
    /** Of a peer that has to tell by the PROXY protocol who the client is. */
    PROXY_HEADER,
    CLIENT_GONE,
    SHUTTING_DOWN,
    NO_BACKEND;

    /** The cause that an ERR packet's code stands for. */
    public static LoginRefusal of(int code) {
        return switch (code) {
            // Also locked (3118, MariaDB 4151), blocked after failures (3955), expired (1862).
            case 1045, 1044, 3118, 3955, 4151, 1862 -> ACCESS_DENIED;
            case 1040 -> TOO_MANY_CLIENTS;
            case 1203, 1226 -> TOO_MANY_CLIENTS_OF_USER;
            case 1049 -> UNKNOWN_SCHEMA;
            case 3159 -> TLS_REQUIRED;
            case 1159 -> TIMEOUT;
            case 1053 -> SHUTTING_DOWN;
            case 9503, 9504, 9511 -> NO_BACKEND;
            default -> PROTOCOL;
        };
    }
}
