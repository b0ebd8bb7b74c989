// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.protocol.SqlError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of this process by the ids their clients know, and the ids of those to come. Any thread.
 *
 * <p>Ids are from 2^30 on, since servers count from 1: an id below is a server's own and is left to it. They stay below
 * 2^31, since some drivers read the greeting's four bytes as a signed number. The first is drawn by chance, so that an
 * id of one Sluice means nothing to another before the same servers.
 */
public final class SessionDirectory {
    static final long FIRST_ID = 1L << 30;
    private static final long IDS = 1L << 30;

    private final ConcurrentHashMap<Long, Session> byId = new ConcurrentHashMap<>();
    private final AtomicLong next;

    /** @param start any number; another one for each process */
    public SessionDirectory(long start) {
        next = new AtomicLong(start);
    }

    /** An id that no session has. */
    public long nextId() {
        long id;
        do {
            id = FIRST_ID + (next.getAndIncrement() & (IDS - 1));
        } while (byId.containsKey(id));
        return id;
    }

    /**
     * Ends a session, or only its statement, as if its own user did. Any thread; does not wait.
     *
     * @return null once it is done, or why it is not
     */
    public CompletableFuture<@Nullable SqlError> kill(long id, boolean query) {
        Session session = find(id);
        if (session == null) {
            return CompletableFuture.completedFuture(Errors.noSuchThread(id));
        }
        CompletableFuture<@Nullable SqlError> answer = new CompletableFuture<>();
        session.killTarget().killByOperator(query, answer::complete);
        return answer;
    }

    void add(Session session) {
        byId.put(session.id(), session);
    }

    /** A later login on the same connection keeps the id. */
    void remove(Session session) {
        byId.remove(session.id(), session);
    }

    @Nullable
    Session find(long id) {
        return byId.get(id);
    }
}
