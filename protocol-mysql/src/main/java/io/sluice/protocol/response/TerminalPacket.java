// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.response;

/** The packets of a response that Sluice reads. */
public enum TerminalPacket {
    /** An OK packet, also in the form that ends a result set under CLIENT_DEPRECATE_EOF. */
    OK,
    /** A classic EOF packet that ends rows. */
    EOF,
    ERR,
    /** The server asks for a file of the client (LOAD DATA LOCAL); the response goes on after the upload. */
    FILE_REQUEST,
    /** The first packet of the answer to COM_STMT_PREPARE. */
    PREPARE_OK,
}
