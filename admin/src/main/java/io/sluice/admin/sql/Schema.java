// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The schemas that there are, as ProxySQL has them. */
public enum Schema {
    /** The configuration as it is edited, and as it is in force. */
    MAIN,
    /** The configuration as it was saved. */
    DISK,
    /** What Sluice counts and sees; filled whenever it is read. */
    STATS,
    /** What the monitor knows of the servers. */
    MONITOR,
    /** By which tools list the tables of all schemas. */
    INFORMATION_SCHEMA;

    /** As SQL names it. */
    public String sql() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Schema::sql).toList();
    }

    /**
     * The schema of that name, in whatever case.
     *
     * @throws SqlRefused if there is none
     */
    public static Schema of(String name) throws SqlRefused {
        for (Schema schema : values()) {
            if (schema.sql().equalsIgnoreCase(name)) {
                return schema;
            }
        }
        throw SqlRefused.unknownSchema(name);
    }
}
