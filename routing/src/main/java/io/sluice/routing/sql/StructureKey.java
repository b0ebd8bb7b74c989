// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import java.util.Arrays;

/** A normal form as a key: its bytes, compared, and their hash, counted once. */
final class StructureKey {
    private final byte[] normal;
    private final int hash;

    /** @param normal not to be changed any more */
    StructureKey(byte[] normal) {
        this.normal = normal;
        this.hash = Arrays.hashCode(normal);
    }

    Tokens tokens() {
        return Tokens.of(normal, normal.length);
    }

    int length() {
        return normal.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StructureKey key && hash == key.hash && Arrays.equals(normal, key.normal);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
