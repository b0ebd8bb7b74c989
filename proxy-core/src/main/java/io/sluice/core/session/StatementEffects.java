// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.routing.sql.Pin;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementText;
import io.sluice.routing.sql.Trait;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a statement leaves on its connection that no tracker tells: settled from its text once it has succeeded. State
 * that can be set again elsewhere is remembered, other state pins, and names tell when a pin's reason is gone. Belongs
 * to one {@link ResponseReader}.
 */
final class StatementEffects {
    private static final int MAX_PREPARED_TEXTS = 64;

    /** Table locks that BEGIN gives back, unlike the server-wide read lock. */
    private static final String LOCKED_TABLES = "tables";

    private final LoopScope scope;
    private final SessionState state;
    private final Map<String, Statement> preparedTexts = new HashMap<>();

    StatementEffects(LoopScope scope, SessionState state) {
        this.scope = scope;
        this.state = state;
    }

    /** Whether {@link #apply} reads the statement's text. */
    boolean needText(Statement statement) {
        return statement.pin() != null
                || statement.has(Trait.SETS_USER_LITERALS)
                || statement.has(Trait.SETS_ROLE)
                || (!state.pins().isEmpty()
                        && (statement.has(Trait.UNPIN_TEMPORARY_TABLE)
                                || statement.has(Trait.UNPIN_NAMED_LOCK)
                                || statement.has(Trait.UNPIN_PREPARED_TEXT)
                                || statement.has(Trait.UNPIN_HANDLER)));
    }

    /**
     * Settles the effects of a statement.
     *
     * @param failed with a server's error, perhaps only in its last part
     * @param text null if it cannot be read
     */
    void apply(Statement statement, boolean failed, @Nullable StatementText text, BackendConnection over) {
        Pin pin = statement.pin();
        if (pin != null && (!failed || statement.has(Trait.HIDES_STATUS))) {
            over.markDirty();
            if (failed || text == null) {
                state.pins().hold(pin);
            } else {
                pin(pin, statement, text);
            }
        }
        if (!failed) {
            if (statement.has(Trait.SETS_USER_LITERALS)) {
                literals(statement, text, over);
            }
            if (statement.has(Trait.SETS_ROLE)) {
                role(text, over);
            }
            unpin(statement, text);
        }
        if (statement.has(Trait.CHANGES_NEW_CONNECTIONS) && (!failed || statement.has(Trait.HIDES_STATUS))) {
            scope.outdateConnections();
        }
        if (statement.has(Trait.DEFINES_FUNCTION)) {
            scope.functions().changed();
        }
        if (statement.has(Trait.CALLS_UNKNOWN_FUNCTION) || statement.statementClass() == StatementClass.A) {
            over.markDirty();
        }
    }

    // ---- pins

    private void pin(Pin pin, Statement statement, StatementText text) {
        switch (pin) {
            case TEMPORARY_TABLE -> {
                List<String> tables = text.tables();
                if (tables.isEmpty()) {
                    state.pins().hold(pin);
                }
                tables.forEach(table -> state.pins().hold(pin, qualified(table)));
            }
            case NAMED_LOCK -> {
                String lock = text.lock("GET_LOCK");
                if (lock == null) {
                    state.pins().hold(pin);
                } else {
                    state.pins().holdAgain(pin, lock);
                }
            }
            case HANDLER -> {
                if (text.opensHandler()) {
                    holdNamed(pin, text.handler());
                }
            }
            case LOCK_TABLES -> holdNamed(pin, statement.verb().equals("LOCK") ? LOCKED_TABLES : null);
            case PREPARED_TEXT -> preparedText(statement, text);
            case USER_VARIABLE, XA, UNTRACKED_STATE, CURSOR, BINLOG_SETTING, RULE ->
                state.pins().hold(pin);
        }
    }

    private void holdNamed(Pin pin, @Nullable String name) {
        if (name == null) {
            state.pins().hold(pin);
        } else {
            state.pins().hold(pin, name);
        }
    }

    private void preparedText(Statement statement, StatementText text) {
        String name = text.preparedName();
        if (statement.verb().equals("PREPARE")) {
            holdNamed(Pin.PREPARED_TEXT, name);
            byte[] sql = text.preparedText();
            if (name != null && sql != null && preparedTexts.size() < MAX_PREPARED_TEXTS) {
                preparedTexts.put(name, scope.classifier().classify(sql, 0, sql.length, state.lexContext()));
            } else if (name != null) {
                preparedTexts.remove(name);
            }
        } else {
            Statement executed = preparedTexts.get(name);
            if (!leavesNothing(executed)) {
                state.pins().hold(Pin.UNTRACKED_STATE);
            }
            if (executed == null || executed.has(Trait.DEFINES_TABLE)) {
                scope.causalReads().tables().changed();
            }
        }
    }

    /** Whether a text that was executed by its name surely leaves nothing behind that trackers do not tell. */
    private static boolean leavesNothing(@Nullable Statement executed) {
        return executed != null
                && executed.pin() == null
                && !executed.statementClass().isAtLeast(StatementClass.WI)
                && executed.statementClass() != StatementClass.P
                && executed.statementClass() != StatementClass.S
                && !executed.has(Trait.CALLS_UNKNOWN_FUNCTION);
    }

    private void unpin(Statement statement, @Nullable StatementText text) {
        Pins pins = state.pins();
        if (pins.isEmpty()) {
            return;
        }
        if (statement.has(Trait.UNPIN_LOCK_TABLES)) {
            pins.letGoAll(Pin.LOCK_TABLES);
        }
        if (statement.has(Trait.BEGINS_TRANSACTION)) {
            pins.letGo(Pin.LOCK_TABLES, LOCKED_TABLES);
        }
        if (statement.has(Trait.UNPIN_NAMED_LOCKS)) {
            pins.letGoAll(Pin.NAMED_LOCK);
        }
        if (statement.has(Trait.UNPIN_XA)) {
            pins.letGoAll(Pin.XA);
        }
        if (text != null) {
            unpinNamed(statement, text, pins);
        }
        boolean renames = statement.verb().equals("RENAME")
                || (statement.verb().equals("ALTER") && statement.digestText().contains("RENAME"));
        if (renames && pins.has(Pin.TEMPORARY_TABLE)) {
            pins.hold(Pin.TEMPORARY_TABLE); // its name is not known any more
        }
    }

    private void unpinNamed(Statement statement, StatementText text, Pins pins) {
        if (statement.has(Trait.UNPIN_TEMPORARY_TABLE)) {
            text.tables().forEach(table -> pins.letGo(Pin.TEMPORARY_TABLE, qualified(table)));
        }
        if (statement.has(Trait.UNPIN_NAMED_LOCK)) {
            letGo(Pin.NAMED_LOCK, text.lock("RELEASE_LOCK"));
        }
        if (statement.has(Trait.UNPIN_HANDLER)) {
            letGo(Pin.HANDLER, text.handler());
        }
        if (statement.has(Trait.UNPIN_PREPARED_TEXT)) {
            letGo(Pin.PREPARED_TEXT, text.preparedName());
        }
    }

    private void letGo(Pin pin, @Nullable String name) {
        if (name != null) {
            state.pins().letGo(pin, name);
        }
    }

    private String qualified(String table) {
        return table.indexOf('.') >= 0 ? table : state.schema() + "." + table;
    }

    // ---- state that can be set again

    private void literals(Statement statement, @Nullable StatementText text, BackendConnection over) {
        List<StatementText.Assignment> all = text == null ? null : text.literals();
        boolean charsetToo = statement.has(Trait.SETS_VARIABLES);
        if (all == null
                || (charsetToo && all.stream().anyMatch(StatementText.Assignment::ofCharset))
                || !state.assign(all)) {
            over.markDirty();
            state.pins().hold(Pin.USER_VARIABLE);
            return;
        }
        all.forEach(one -> over.assign(one.name(), one.literal()));
        state.share(over);
    }

    private void role(@Nullable StatementText text, BackendConnection over) {
        String roles = text == null ? null : text.role();
        if (roles == null) {
            over.markDirty();
            state.pins().hold(Pin.UNTRACKED_STATE);
            return;
        }
        state.setRole(roles);
        over.setRole(roles);
        state.share(over);
    }
}
