// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.routing.hostgroup.RoleNumbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MYSQL REPLICATION HOSTGROUPS, loaded and saved with the servers: which numbers the source's hostgroup has and that of the
 * replicas. Who is in which is discovered, so that one row is all there can be.
 */
final class HostgroupsModule implements ConfigModule {
    private static final String TABLE = "mysql_replication_hostgroups";

    private final Sight sight;

    HostgroupsModule(Sight sight) {
        this.sight = sight;
    }

    @Override
    public String words() {
        return "MYSQL REPLICATION HOSTGROUPS";
    }

    @Override
    public String loadedWith() {
        return ServersModule.WORDS;
    }

    @Override
    public String table() {
        return TABLE;
    }

    @Override
    public List<String> keys() {
        return List.of("writer_hostgroup", "reader_hostgroup");
    }

    /** Whatever check_type says, more than that is looked at. */
    @Override
    public List<String> compared(List<String> columns) {
        return List.of("comment");
    }

    @Override
    public String columns() {
        return "writer_hostgroup INT CHECK (writer_hostgroup BETWEEN 0 AND 1000000) NOT NULL PRIMARY KEY,"
                + " reader_hostgroup INT NOT NULL CHECK (reader_hostgroup <> writer_hostgroup AND reader_hostgroup"
                + " BETWEEN 0 AND 1000000), check_type VARCHAR CHECK (lower(check_type) IN ('read_only',"
                + " 'innodb_read_only', 'super_read_only', 'read_only|innodb_read_only', 'read_only&innodb_read_only'))"
                + " NOT NULL DEFAULT 'read_only', comment VARCHAR NOT NULL DEFAULT '', UNIQUE (reader_hostgroup)";
    }

    /** The row that nobody has asked for makes room for the first that somebody inserts. */
    @Override
    public List<String> triggers() {
        RoleNumbers first = sight.config().allHostgroups().roles();
        return List.of("CREATE TRIGGER main.first_" + TABLE + " BEFORE INSERT ON " + TABLE + " BEGIN DELETE FROM "
                + TABLE + " WHERE writer_hostgroup = " + first.source() + " AND reader_hostgroup = " + first.replicas()
                + "; END");
    }

    @Override
    public List<@Nullable Object[]> ofFile(SluiceConfig file) {
        return rows(file.allHostgroups().roles());
    }

    @Override
    public List<@Nullable Object[]> ofRuntime() {
        return rows(sight.hostgroups().roles());
    }

    private static List<@Nullable Object[]> rows(RoleNumbers numbers) {
        return List.<@Nullable Object[]>of(
                new @Nullable Object[] {numbers.source(), numbers.replicas(), "read_only", numbers.name()});
    }

    @Override
    public List<String> problems(List<ConfigRow> rows) {
        return rows.size() > 1
                ? List.of(TABLE + " has " + rows.size() + " rows, but a Sluice serves the"
                        + " servers of one source; leave one row, and let another Sluice serve the others")
                : List.of();
    }

    @Override
    public void toRuntime(List<ConfigRow> rows) throws SqlRefused {
        List<String> problems = new ArrayList<>(problems(rows));
        RoleNumbers wanted = rows.isEmpty()
                ? null
                : new RoleNumbers(
                        rows.get(0).number("writer_hostgroup", problems),
                        rows.get(0).number("reader_hostgroup", problems),
                        rows.get(0).required("comment"));
        if (!problems.isEmpty()) {
            throw SqlRefused.notLoaded(problems);
        }
        try {
            sight.rules().number(wanted);
        } catch (Refused refused) {
            throw SqlRefused.of("nothing was loaded: " + refused.getMessage());
        }
    }
}
