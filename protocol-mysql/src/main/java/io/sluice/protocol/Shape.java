// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol;

/**
 * The capability flags that change the bytes of a response or the meaning of a command. A response is relayed
 * unread, so a backend connection serves only clients of its own shape.
 */
public record Shape(int bits) {
    static final int MASK = Capabilities.CLIENT_FOUND_ROWS
            | Capabilities.CLIENT_NO_SCHEMA
            | Capabilities.CLIENT_LOCAL_FILES
            | Capabilities.CLIENT_IGNORE_SPACE
            | Capabilities.CLIENT_INTERACTIVE
            | Capabilities.CLIENT_MULTI_STATEMENTS
            | Capabilities.CLIENT_MULTI_RESULTS
            | Capabilities.CLIENT_PS_MULTI_RESULTS
            | Capabilities.CLIENT_DEPRECATE_EOF
            | Capabilities.CLIENT_OPTIONAL_RESULTSET_METADATA
            | Capabilities.CLIENT_QUERY_ATTRIBUTES;

    public Shape {
        if ((bits & ~MASK) != 0) {
            throw new IllegalArgumentException("not part of a shape: 0x" + Integer.toHexString(bits & ~MASK));
        }
    }

    public boolean has(int flag) {
        return (bits & flag) != 0;
    }

    /** The same shape with multi-statements switched on or off, as COM_SET_OPTION does. */
    public Shape withMultiStatements(boolean on) {
        int flag = Capabilities.CLIENT_MULTI_STATEMENTS;
        return new Shape(on ? bits | flag : bits & ~flag);
    }
}
