// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which rows of a module come, change and go from one version to the next, by what names them. */
record RowChanges(List<String> added, List<String> changed, List<String> removed) {
    private static final int NAMED = 10;

    /** @param columns all that the module's table has */
    static RowChanges between(
            ConfigModule module, List<String> columns, List<ConfigRow> before, List<ConfigRow> after) {
        List<String> compared = module.compared(columns);
        Map<String, ConfigRow> left = byName(module, before);
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        byName(module, after).forEach((name, row) -> {
            ConfigRow former = left.remove(name);
            if (former == null) {
                added.add(name);
            } else if (!compared.stream().allMatch(column -> row.hasSame(column, former))) {
                changed.add(name);
            }
        });
        return new RowChanges(added, changed, List.copyOf(left.keySet()));
    }

    /** The rows by what operators tell them apart by. */
    static Map<String, ConfigRow> byName(ConfigModule module, List<ConfigRow> rows) {
        List<String> keys = module.keys();
        Map<String, ConfigRow> named = new LinkedHashMap<>(rows.size() * 2);
        for (ConfigRow row : rows) {
            named.put(name(keys, row), row);
        }
        return named;
    }

    /** In words; of a module that comes with another nothing is said where nothing differs. */
    List<String> said(ConfigModule module) {
        boolean nothing = added.isEmpty() && changed.isEmpty() && removed.isEmpty();
        return nothing && !module.words().equals(module.loadedWith()) ? List.of() : List.of(toString());
    }

    private static String name(List<String> keys, ConfigRow row) {
        String first = String.valueOf(row.text(keys.get(0)));
        if (keys.size() == 1) {
            return first;
        }
        StringBuilder name = new StringBuilder(first);
        keys.subList(1, keys.size()).forEach(key -> name.append(':').append(row.text(key)));
        return name.toString();
    }

    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        add(parts, "added", added);
        add(parts, "changed", changed);
        add(parts, "removed", removed);
        return parts.isEmpty() ? "nothing differs" : String.join("; ", parts);
    }

    private static void add(List<String> parts, String what, List<String> names) {
        int more = names.size() - NAMED;
        if (!names.isEmpty()) {
            parts.add(what + " " + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                    + (more > 0 ? " and " + more + " more" : ""));
        }
    }
}
