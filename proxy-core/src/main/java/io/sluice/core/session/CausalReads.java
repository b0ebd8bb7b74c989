// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.config.RouterSettings;
import io.sluice.routing.catalogue.TableCatalogue;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Whose writes a session's reads must see. Shared by all event loops.
 *
 * <p>Where they are those of other sessions too, reads at first need all that the source has had after the start: a
 * Sluice that ran here before has told its clients of writes that this one does not know.
 */
public final class CausalReads {
    private final Function<String, Writes> ofUser;

    private final TableCatalogue tables;

    private CausalReads(Function<String, Writes> ofUser) {
        this(ofUser, TableCatalogue.OFF);
    }

    private CausalReads(Function<String, Writes> ofUser, TableCatalogue tables) {
        this.ofUser = ofUser;
        this.tables = tables;
    }

    /** As the configuration has it. */
    public static CausalReads of(RouterSettings.CausalReads whose, long startedAtNanos) {
        return switch (whose) {
            case OFF -> off();
            case SESSION -> session();
            case USER -> user(startedAtNanos);
            case GLOBAL -> global(startedAtNanos);
        };
    }

    /** The same, but of those writes a read must see only the ones to the tables that it reads, and those before. */
    public CausalReads byTable(TableCatalogue catalogue) {
        return new CausalReads(ofUser, catalogue);
    }

    /** Nobody's, not even its own. */
    public static CausalReads off() {
        Writes none = new Writes(false);
        return new CausalReads(user -> none);
    }

    /** Its own. */
    public static CausalReads session() {
        return new CausalReads(user -> new Writes(true));
    }

    /** Those of all sessions that logged in by the same name. */
    public static CausalReads user(long startedAtNanos) {
        Map<String, Writes> users = new ConcurrentHashMap<>(); // as many as there are accounts
        return new CausalReads(user -> users.computeIfAbsent(user, name -> since(startedAtNanos)));
    }

    /** All that go through this Sluice. */
    public static CausalReads global(long startedAtNanos) {
        Writes all = since(startedAtNanos);
        return new CausalReads(user -> all);
    }

    private static Writes since(long nanos) {
        Writes writes = new Writes(true);
        writes.addAt(nanos);
        return writes;
    }

    /** By which tables are told apart. */
    TableCatalogue tables() {
        return tables;
    }

    Writes of(String user) {
        return ofUser.apply(user);
    }
}
