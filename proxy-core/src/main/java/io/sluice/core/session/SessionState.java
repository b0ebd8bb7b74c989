// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.session;

import io.sluice.core.backend.BackendConnection;
import io.sluice.core.backend.PoolKey;
import io.sluice.core.backend.SessionVariables;
import io.sluice.core.session.PreparedStatements.Prepared;
import io.sluice.protocol.Capabilities;
import io.sluice.protocol.ProtocolException;
import io.sluice.protocol.ServerStatus;
import io.sluice.protocol.packet.SessionChanges;
import io.sluice.routing.RouteRequest;
import io.sluice.routing.catalogue.TableCatalogue;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.hostgroup.Direction;
import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Pin;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementText;
import io.sluice.routing.sql.Trait;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.ServerVersion;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a session is to the server, apart from any connection: it follows the session to whichever connection serves it
 * next, or says why it cannot. The server's word sets it: status flags and session trackers.
 */
final class SessionState {
    /** Larger literals, and more user variables, are not carried from connection to connection. */
    private static final int MAX_LITERAL = 4096;

    private static final int MAX_LITERALS = 64;

    private static final List<String> LITERALS_DEPEND_ON =
            List.of("sql_mode", "character_set_client", "character_set_connection", "collation_connection");

    static final String LAST_GTID_OF_MARIADB = "last_gtid";

    private PoolKey poolKey;
    private @Nullable String schema;
    private SessionVariables variables = SessionVariables.NONE;
    private LexContext lexContext;
    private int status = ServerStatus.SERVER_STATUS_AUTOCOMMIT;
    private final Pins pins = new Pins();
    private final OwnedVariables owned = new OwnedVariables();
    private boolean literalsOfCharset;
    private boolean charsetsOfServer;
    private boolean nextTransactionPrepared;
    private final Writes writes;
    private final WrittenTables writtenTables;
    private final TableCatalogue tables;
    /** The statement under way changes what is known of tables. */
    private boolean definesTables;

    private LastInsertId lastInsertId = new LastInsertId();
    private ClientTrackers trackers;

    /** @param causalReads tells which writes this session's reads must see, and to which its own are added */
    SessionState(
            PoolKey poolKey, @Nullable String schema, LexContext lexContext, String user, CausalReads causalReads) {
        this.writes = causalReads.of(user);
        this.tables = causalReads.tables();
        this.writtenTables = new WrittenTables(tables);
        this.poolKey = poolKey;
        this.schema = schema;
        this.lexContext = lexContext;
        this.trackers = ClientTrackers.byDefault(lexContext.version());
    }

    /** Back to what it was after login, but for the schema and what was written. */
    void reset() {
        variables = SessionVariables.NONE;
        literalsOfCharset = false;
        owned.reset();
        charsetsOfServer = true;
        lexContext = lexContext.withSqlMode("").withCharset("");
        status = ServerStatus.SERVER_STATUS_AUTOCOMMIT;
        pins.clear();
        nextTransactionPrepared = false;
        lastInsertId = new LastInsertId(); // connections that have the old one's value do not have this one's
        trackers = ClientTrackers.byDefault(lexContext.version());
    }

    /** Another login on the same connection: the client still expects to see what it wrote. */
    void inheritWrites(SessionState before) {
        writes.add(before.writes);
    }

    /** The connection that held the open transaction, the locks and so on is gone. */
    void connectionLost() {
        transactionEnded();
        sent();
        if (pins.has(Pin.USER_VARIABLE)) {
            variables = variables.withoutUserVariables(); // Others that depend on them are gone.
        }
        pins.clear();
        nextTransactionPrepared = false;
    }

    void transactionEnded() {
        status &= ~(ServerStatus.SERVER_STATUS_IN_TRANS | ServerStatus.SERVER_STATUS_IN_TRANS_READONLY);
    }

    void setStatus(int flags) {
        status = flags;
    }

    /**
     * Takes over what the server reported after a statement of this session.
     *
     * @param variablesStay false if the values reported held for that statement only
     * @param clustered whether the GTIDs are those of a node of a cluster, each of which counts by itself: then the caller
     *     says when it was written
     * @return whether a GTID was among it
     */
    boolean apply(SessionChanges changes, boolean variablesStay, boolean clustered) {
        if (variablesStay && !changes.variables().isEmpty()) {
            setVariables(variables.with(changes.variables()));
            owned.take(changes.variables());
        }
        if (changes.schema() != null) {
            schema = changes.schema().isEmpty() ? null : changes.schema();
        }
        if (changes.characteristics() != null) {
            nextTransactionPrepared = !changes.characteristics().isEmpty();
        }
        if (changes.gtids() != null) {
            require(changes.gtids(), clustered);
            return true;
        }
        for (SessionChanges.Variable variable : changes.variables()) {
            if (variable.name().equals(LAST_GTID_OF_MARIADB)
                    && !variable.value().isEmpty()) {
                require(variable.value(), clustered);
                return true;
            }
        }
        return false;
    }

    /** Takes over values that were asked for, since no tracker could tell them. */
    void learn(List<SessionChanges.Variable> values) {
        for (SessionChanges.Variable value : values) {
            if (OwnedVariables.contains(value.name())) {
                owned.set(value.name(), value.value());
            }
        }
        setVariables(variables.with(values));
    }

    @SuppressWarnings("ReferenceEquality") // with() returns the same object if nothing changed
    private void setVariables(SessionVariables now) {
        if (now != variables) {
            if (literalsOfCharset && !meansTheSame(variables, now)) {
                pins.hold(Pin.USER_VARIABLE); // The same literals would now mean something else.
            }
            variables = now;
            String mode = now.get("sql_mode");
            String charset = now.get("character_set_client");
            lexContext = lexContext.withSqlMode(mode == null ? "" : mode).withCharset(charset == null ? "" : charset);
        }
    }

    private static boolean meansTheSame(SessionVariables one, SessionVariables other) {
        return LITERALS_DEPEND_ON.stream().allMatch(name -> Objects.equals(one.get(name), other.get(name)));
    }

    /** Remembers literals assigned to user variables; false if they are too many, or too long. */
    boolean assign(List<StatementText.Assignment> literals) {
        SessionVariables next = variables;
        boolean ofCharset = literalsOfCharset;
        for (StatementText.Assignment one : literals) {
            if (one.literal().length() > MAX_LITERAL) {
                return false;
            }
            ofCharset |= one.ofCharset();
            next = next.withUserVariable(one.name(), one.literal());
        }
        if (next.userVariables() > MAX_LITERALS) {
            return false;
        }
        variables = next;
        literalsOfCharset = ofCharset;
        return true;
    }

    /** The charset of the connection was set, and with it a collation that no tracker tells. */
    void forgetCollation() {
        variables = variables.withoutCollation();
    }

    /** Whether the charsets are those of the server's global settings, which are not known yet. */
    boolean hasCharsetsOfServer() {
        return charsetsOfServer;
    }

    void setCharsetsOfServer(boolean so) {
        charsetsOfServer = so;
    }

    void setRole(String roles) {
        variables = variables.withRole(roles);
    }

    /** Lets a connection that is in step share this session's instance. */
    void share(BackendConnection connection) {
        if (connection.variables().equals(variables)) {
            connection.adopt(variables);
        }
    }

    private void require(String gtids, boolean clustered) {
        if (clustered) {
            return;
        }
        try {
            writes.add(GtidSet.parse(gtids), writtenTables.now());
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("a write with a GTID that is none: " + e.getMessage());
        }
    }

    /** Something was written, nobody knows what. */
    void wroteAt(long nanos) {
        writes.addAt(nanos);
    }

    /**
     * The statement under way has, or may have, written by a GTID that is unknown or tells nothing.
     *
     * @param node the node of a cluster where it was; null: in no cluster
     */
    void statementWroteAt(long nanos, @Nullable BackendAddress node) {
        writes.addAt(nanos, node, writtenTables.now());
    }

    /** A statement is on its way to a server. */
    void sends(Statement statement, @Nullable Prepared executed) {
        Statement text = executed == null ? statement : executed.statement();
        writtenTables.begin(text, schemaOf(executed), isAutocommit() && !isInTransaction());
        definesTables = text.has(Trait.DEFINES_TABLE) || text.has(Trait.UNLEXABLE);
        if (definesTables) {
            tables.changed();
        }
    }

    /** It has had its answer, or never will. */
    void sent() {
        writtenTables.ended(isInTransaction());
        if (definesTables) {
            definesTables = false;
            tables.changed();
        }
    }

    /** The writes that a statement must see which no kept connection serves. */
    WriteMark mustSee(Statement statement, @Nullable Prepared executed) {
        boolean readsAlone = statement.statementClass() == StatementClass.R && isAutocommit() && !isInTransaction();
        return tables.isOn() && readsAlone
                ? writes.before(statement.tableUse(), schemaOf(executed), tables.now())
                : writes.all();
    }

    /** The schema of names without one. */
    @Nullable
    String schemaOf(@Nullable Prepared executed) {
        return executed == null ? schema : executed.key.schema();
    }

    /**
     * What routing has to know of this session to place a statement that no kept connection serves.
     *
     * @param mustSee the writes that it must see
     * @param direction where a read is wanted
     * @param mayWait whether a replica may be asked to wait for the writes that this session must see
     */
    RouteRequest request(Statement statement, WriteMark mustSee, boolean mayWait, Direction direction, long clientKey) {
        return new RouteRequest(
                statement,
                isInTransaction(),
                isAutocommit(),
                (!isAutocommit() || statement.has(Trait.BEGINS_TRANSACTION)) && isReadOnly(),
                null,
                mustSee.gtids(),
                mustSee.atNanos(),
                mustSee.node(),
                mayWait,
                direction,
                clientKey);
    }

    Writes writes() {
        return writes;
    }

    /** Whether transactions are read-only unless they say otherwise. */
    private boolean isReadOnly() {
        String value = variables.get("transaction_read_only");
        String here = value == null ? variables.get("tx_read_only") : value; // MariaDB, MySQL 5.7
        return "ON".equals(here) || "1".equals(here);
    }

    boolean isInTransaction() {
        return ServerStatus.isInTransaction(status);
    }

    boolean isAutocommit() {
        return ServerStatus.isAutocommit(status);
    }

    /** Whether something was set for the next transaction, or the open one has something set. */
    boolean isNextTransactionPrepared() {
        return nextTransactionPrepared;
    }

    /** Whether the connection that serves the session cannot be given to another one. */
    boolean needsItsConnection() {
        return isInTransaction() || nextTransactionPrepared || !pins.isEmpty();
    }

    String pinsText() {
        return pins.toString();
    }

    Pins pins() {
        return pins;
    }

    /** Whether the client's queries and executions come with query attributes, be it with none. */
    boolean hasQueryAttributes() {
        return poolKey.shape().has(Capabilities.CLIENT_QUERY_ATTRIBUTES);
    }

    /** What the client wants of variables that on connections to servers are Sluice's. */
    OwnedVariables owned() {
        return owned;
    }

    PoolKey poolKey() {
        return poolKey;
    }

    void setMultiStatements(boolean on) {
        poolKey = poolKey.withShape(poolKey.shape().withMultiStatements(on));
        lexContext = lexContext.withMultiStatements(on);
    }

    @Nullable
    String schema() {
        return schema;
    }

    SessionVariables variables() {
        return variables;
    }

    LexContext lexContext() {
        return lexContext;
    }

    /** Whether the servers are MariaDB's, as far as is known. */
    boolean isMariadb() {
        ServerVersion version = lexContext.version();
        return version != null && version.isMariadb();
    }

    int status() {
        return status;
    }

    ClientTrackers trackers() {
        return trackers;
    }

    void setTrackers(ClientTrackers wanted) {
        trackers = wanted;
    }

    LastInsertId lastInsertId() {
        return lastInsertId;
    }
}
