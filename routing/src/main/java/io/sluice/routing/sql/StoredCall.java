// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.sql;

import io.sluice.routing.sql.parse.FunctionCall;
import io.sluice.routing.sql.parse.SqlFacts;
import io.sluice.routing.topology.ServerVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The call of a function that no server has built in, hence of a stored one.
 *
 * @param schema as it is written; null: the session's
 * @param name in lower case, since names of functions have none
 */
public record StoredCall(@Nullable String schema, String name) {
    /** Of a query. Empty as well if one of them is a call of which nobody can tell what it means. */
    static List<StoredCall> in(SqlFacts facts, @Nullable ServerVersion version) {
        if (facts.kind() != SqlFacts.Kind.QUERY) {
            return List.of();
        }
        List<StoredCall> calls = new ArrayList<>();
        for (FunctionCall call : facts.functions()) {
            String name = SqlBytes.upper(call.name());
            boolean named = call.schema() != null || call.quoted();
            if (!named && (!FunctionRules.isCallable(name) || BuiltinFunctions.has(name, version))) {
                continue;
            }
            if (!isStored(call.schema(), name)) {
                return List.of();
            }
            calls.add(new StoredCall(call.schema(), name.toLowerCase(Locale.ROOT)));
        }
        return List.copyOf(calls);
    }

    /**
     * Whether the name cannot mean anything but a stored function: without a schema, those built in and those loaded go
     * first, in backticks, too. Names beyond ASCII have a case that is not ours to tell.
     */
    static boolean isStored(@Nullable String schema, String upperCaseName) {
        return upperCaseName.chars().allMatch(c -> c < 0x80)
                && (schema == null
                        ? !BuiltinFunctions.has(upperCaseName, null) && !FunctionRules.isAdministrative(upperCaseName)
                        : schema.chars().allMatch(c -> c < 0x80));
    }

    static Set<String> upperNames(List<StoredCall> calls) {
        return calls.stream().map(call -> SqlBytes.upper(call.name())).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public String toString() {
        return schema == null ? name : schema + "." + name;
    }
}
