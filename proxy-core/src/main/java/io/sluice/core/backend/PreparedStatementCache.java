// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.backend;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The statements prepared on one backend connection, by their text and the schema they were prepared in. Shared by all
 * sessions that lease the connection one after the other. Bounded: the one not used for longest is closed.
 */
public final class PreparedStatementCache {

    /** What a statement is known by. The text is compared as bytes, since its charset is the session's. */
    public static final class Key {
        private final byte[] sql;
        private final @Nullable String schema;
        private final SessionVariables variables;
        private final int hash;

        public Key(byte[] sql, @Nullable String schema, SessionVariables variables) {
            this.sql = sql;
            this.schema = schema;
            this.variables = variables;
            this.hash = 31 * Arrays.hashCode(sql) + Objects.hashCode(schema);
        }

        /** Not to be changed. */
        public byte[] sql() {
            return sql;
        }

        public @Nullable String schema() {
            return schema;
        }

        public SessionVariables variables() {
            return variables;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other
                    || other instanceof Key that
                            && hash == that.hash
                            && Arrays.equals(sql, that.sql)
                            && Objects.equals(schema, that.schema)
                            && variables.equals(that.variables);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** A statement as the server of this connection knows it. */
    public static final class Entry {
        private final int statementId;
        /** The parameter types the server has for it: two bytes each; null until the first execution. */
        private byte @Nullable [] types;

        Entry(int statementId) {
            this.statementId = statementId;
        }

        public int statementId() {
            return statementId;
        }

        public byte @Nullable [] types() {
            return types;
        }

        public void setTypes(byte[] bound) {
            types = bound;
        }
    }

    private final int limit;
    private final IntConsumer closeOnServer;
    private final Map<Key, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /** @param closeOnServer called with the id of each statement that is dropped */
    PreparedStatementCache(int limit, IntConsumer closeOnServer) {
        this.limit = limit;
        this.closeOnServer = closeOnServer;
    }

    public @Nullable Entry get(Key key) {
        return entries.get(key);
    }

    public Entry put(Key key, int statementId) {
        Entry known = entries.get(key);
        if (known != null) {
            // The first stays, since a cursor may be open on it.
            closeOnServer.accept(statementId);
            return known;
        }
        Entry entry = new Entry(statementId);
        entries.put(key, entry);
        if (entries.size() > limit) {
            var eldest = entries.entrySet().iterator();
            int id = eldest.next().getValue().statementId;
            eldest.remove();
            closeOnServer.accept(id);
        }
        return entry;
    }

    /** The server has dropped all of them. */
    void clear() {
        entries.clear();
    }

    public int size() {
        return entries.size();
    }
}
