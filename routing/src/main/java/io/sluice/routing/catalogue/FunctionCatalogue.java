// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.catalogue;

import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StoredCall;
import io.sluice.routing.topology.ServerVersion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which stored functions only read, so that a query which calls them is a read. Somebody else reads the servers and
 * {@linkplain #learn tells}. Shared by all event loops; any thread.
 */
public final class FunctionCatalogue {
    /** More would be a memory of its own. */
    private static final int DISTRUSTED_MAX = 1000;

    private final AtomicReference<Functions> known = new AtomicReference<>(Functions.NONE);
    private final AtomicReference<Runnable> reader = new AtomicReference<>(() -> {});

    // Guarded by this.
    private final List<StoredFunction> distrusted = new ArrayList<>();
    private long changes;

    /** Whom to tell, on any thread, when what is known has become void. */
    public void onChange(Runnable readSoon) {
        reader.set(readSoon);
    }

    /** The statement as it is with what is known of the functions that it calls. Allocates nothing. */
    public Statement judge(Statement statement, @Nullable String schema) {
        Statement trusting = statement.trusting();
        return trusting != null && trusts(trusting.storedCalls(), schema) ? trusting : statement;
    }

    private boolean trusts(List<StoredCall> calls, @Nullable String schema) {
        Functions functions = now();
        for (int i = 0; i < calls.size(); i++) {
            if (!functions.trusts(calls.get(i), schema)) {
                return false;
            }
        }
        return true;
    }

    /** What is thought of each stored function that a statement calls. */
    public Map<String, String> explain(Statement statement, @Nullable String schema) {
        Map<String, String> verdicts = new LinkedHashMap<>();
        for (StoredCall call : statement.storedCalls()) {
            String objection = now().objection(call, schema);
            verdicts.put(call.toString(), objection.isEmpty() ? "only reads" : "not trusted: " + objection);
        }
        return verdicts;
    }

    /** A function was created, changed or dropped: until the servers were read again, none is trusted. */
    public void changed() {
        synchronized (this) {
            changes++;
            known.set(Functions.NONE);
        }
        now(reader).run();
    }

    /** A replica wrote, or refused to, when this was run: its functions are not trusted any more, as they are now. */
    public void distrust(Statement statement, @Nullable String schema) {
        if (statement.storedCalls().isEmpty()) {
            return;
        }
        synchronized (this) {
            for (StoredCall call : statement.storedCalls()) {
                StoredFunction function = now().find(call, schema);
                if (function != null && distrusted.size() < DISTRUSTED_MAX) {
                    distrusted.add(function);
                }
            }
        }
        changed();
    }

    /** To be asked for before the servers are. */
    public synchronized long changes() {
        return changes;
    }

    /**
     * Takes over what was read.
     *
     * @param asOf the {@link #changes} before it was read: if there were more since, it is of no use
     * @param loadable names of functions that were loaded, in lower case; null: they cannot be read
     * @param packages names of MariaDB's packages
     * @return how many functions are trusted
     */
    public int learn(
            long asOf,
            ServerVersion version,
            Collection<StoredFunction> functions,
            @Nullable Set<String> loadable,
            Set<String> packages) {
        List<StoredFunction> suspects;
        synchronized (this) {
            distrusted.removeIf(former -> functions.stream().noneMatch(former::isSameAs));
            suspects = List.copyOf(distrusted);
        }
        Functions judged = Functions.judge(functions, new Functions.Foreign(loadable, packages), suspects, version);
        synchronized (this) { // which no event loop must wait for while bodies are read
            if (asOf == changes) {
                known.set(judged);
            }
        }
        return judged.trusted();
    }

    private Functions now() {
        return now(known);
    }

    private static <T> T now(AtomicReference<T> reference) {
        return Objects.requireNonNull(reference.get());
    }
}
