// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.catalogue;

import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.RoutineBody;
import io.sluice.routing.sql.StoredCall;
import io.sluice.routing.topology.ServerVersion;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All stored functions of the servers at one moment, and which of them only read. Immutable. */
final class Functions {
    static final Functions NONE =
            new Functions(Map.of(), new Foreign(Set.of(), Set.of()), "the catalogue has not been read yet");

    private static final int LENGTH_MAX = 64 << 10;

    /**
     * Names that mean something else than a stored function.
     *
     * @param loadable functions that were loaded; null: not known, so that any may be one
     * @param packages of MariaDB, which look like schemas
     */
    record Foreign(@Nullable Set<String> loadable, Set<String> packages) {
        Foreign {
            loadable = loadable == null ? null : Set.copyOf(loadable);
            packages = Set.copyOf(packages);
        }
    }

    /** @param objection why it is not trusted; empty: it is */
    private record Verdict(StoredFunction function, String objection) {}

    private final Map<String, Map<String, Verdict>> bySchema;
    private final Foreign foreign;
    private final String whyUnknown;

    private Functions(Map<String, Map<String, Verdict>> bySchema, Foreign foreign, String whyUnknown) {
        this.bySchema = bySchema;
        this.foreign = foreign;
        this.whyUnknown = whyUnknown;
    }

    /** @param distrusted those that did otherwise than their bodies promise */
    static Functions judge(
            Collection<StoredFunction> all,
            Foreign foreign,
            Collection<StoredFunction> distrusted,
            ServerVersion version) {
        Map<String, Map<String, Verdict>> verdicts = new HashMap<>();
        Map<StoredFunction, Set<StoredCall>> calling = new HashMap<>();
        for (StoredFunction function : all) {
            String objection = objection(function);
            if (distrusted.stream().anyMatch(function::isSameAs)) {
                objection = "a replica was seen to write, or to refuse to, when it was called";
            }
            if (objection.isEmpty() && function.definition() != null) {
                LexContext context = LexContext.DEFAULT.withVersion(version).withSqlMode(function.sqlMode());
                RoutineBody body = RoutineBody.read(function.definition(), context);
                objection = body.objection().isEmpty() ? "" : "its body: " + body.objection();
                if (objection.isEmpty() && !body.calls().isEmpty()) {
                    calling.put(function, body.calls());
                    objection = "calls functions that are not trusted";
                }
            }
            put(verdicts, function, objection);
        }
        Functions functions = new Functions(verdicts, foreign, "no such function is known");
        functions.trustCallers(calling);
        return functions;
    }

    /** Those that call only what is trusted already, until there is none left. */
    private void trustCallers(Map<StoredFunction, Set<StoredCall>> calling) {
        Set<StoredFunction> trusted = new HashSet<>();
        do {
            trusted.clear();
            calling.forEach((function, calls) -> {
                if (calls.stream().allMatch(call -> trusts(call, function.schema()))) {
                    trusted.add(function);
                }
            });
            trusted.forEach(function -> {
                put(bySchema, function, "");
                calling.remove(function);
            });
        } while (!trusted.isEmpty());
    }

    private static void put(Map<String, Map<String, Verdict>> verdicts, StoredFunction function, String objection) {
        verdicts.computeIfAbsent(function.schema(), schema -> new HashMap<>())
                .put(function.name().toLowerCase(Locale.ROOT), new Verdict(function, objection));
    }

    /** What speaks against a function without a look at its body. */
    private static String objection(StoredFunction function) {
        String definition = function.definition();
        if (!function.inSql()) {
            return "not written in SQL";
        } else if (function.access().equals("MODIFIES SQL DATA")) {
            return "declared as MODIFIES SQL DATA";
        } else if (function.sqlMode().contains("ORACLE")) {
            return "written under sql_mode ORACLE";
        } else if (definition == null) {
            return "its body cannot be read by the monitor's account";
        } else if (definition.length() > LENGTH_MAX) {
            return "too long";
        }
        return function.recent() ? "changed so lately that replicas may not have it yet" : "";
    }

    /** Whether the call is one of a function that only reads. Allocates nothing. */
    boolean trusts(StoredCall call, @Nullable String sessionSchema) {
        return !isForeign(call) && objection(verdict(call, sessionSchema)).isEmpty();
    }

    /** Why a function is not trusted; empty if it is. */
    String objection(StoredCall call, @Nullable String sessionSchema) {
        if (isForeign(call)) {
            return foreign.loadable == null
                    ? "loadable functions, which go before stored ones, cannot be read"
                    : "a loadable function, or in a package";
        }
        return objection(verdict(call, sessionSchema));
    }

    private String objection(@Nullable Verdict verdict) {
        return verdict == null ? whyUnknown : verdict.objection;
    }

    private boolean isForeign(StoredCall call) {
        if (call.schema() != null) {
            return foreign.packages.contains(call.schema());
        }
        return foreign.loadable == null || foreign.loadable.contains(call.name());
    }

    private @Nullable Verdict verdict(StoredCall call, @Nullable String sessionSchema) {
        String schema = call.schema() == null ? sessionSchema : call.schema();
        Map<String, Verdict> names = schema == null ? null : bySchema.get(schema);
        return names == null ? null : names.get(call.name());
    }

    /** The function that a call means, or null. */
    @Nullable
    StoredFunction find(StoredCall call, @Nullable String sessionSchema) {
        Verdict verdict = verdict(call, sessionSchema);
        return verdict == null ? null : verdict.function;
    }

    int trusted() {
        return (int) bySchema.values().stream()
                .flatMap(names -> names.values().stream())
                .filter(verdict -> verdict.objection.isEmpty())
                .count();
    }
}
