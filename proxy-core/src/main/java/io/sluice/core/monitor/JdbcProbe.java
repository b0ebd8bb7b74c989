// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.monitor.Observation.Answer;
import io.sluice.core.monitor.Observation.Failure;
import io.sluice.core.monitor.Observation.Kind;
import io.sluice.routing.gtid.GtidSet;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.ServerVersion;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks one server over one lasting connection, which is opened anew when it breaks: at once and within the same probe,
 * so that "broke, and now refuses" is one observation. Work runs on a pool thread, one question at a time.
 */
final class JdbcProbe implements Probe {

    private static final int ER_SPECIFIC_ACCESS_DENIED = 1227;
    private static final int ER_TABLEACCESS_DENIED = 1142;
    private static final int ER_DBACCESS_DENIED = 1044;

    private final BackendAddress address;
    private final Properties properties;
    private final LongSupplier nanos;
    private final Executor threads;
    private final ProbeLog log;
    private final boolean donorsRead;
    /** Raised when the question in hand is abandoned: it must then neither reconnect nor begin. */
    private final AtomicInteger questions = new AtomicInteger();
    /** Shared with {@link #abandon}, which runs on the monitor's thread. */
    private final AtomicReference<@Nullable Connection> connection = new AtomicReference<>();

    private volatile boolean outdated;

    /** Confined to the monitor's thread. A question begins when the one before has come to its end. */
    private CompletableFuture<?> last = CompletableFuture.completedFuture("nothing asked yet");

    // Confined to the question that is being asked.
    private ServerVersion version = ServerVersion.parse("0.0");
    private boolean hasChannels;
    private boolean mayReadChannels = true;
    private boolean mayReadCommitTimes = true;
    private boolean mayReadGroup = true;
    private final DiskLook disk;
    private boolean isGalera;
    /** Empty for a server of its own. */
    private String auroraName = "";

    /** @param donorsRead whether nodes of a Galera cluster that are donors may serve reads */
    JdbcProbe(
            BackendAddress address,
            Properties properties,
            LongSupplier nanos,
            Executor threads,
            ProbeLog log,
            boolean donorsRead) {
        this.address = address;
        this.properties = properties;
        this.nanos = nanos;
        this.threads = threads;
        this.log = log;
        this.disk = new DiskLook(nanos);
        this.donorsRead = donorsRead;
    }

    @Override
    public CompletableFuture<Observation> ask() {
        int question = questions.get();
        CompletableFuture<Observation> answer = last.handleAsync((earlier, bug) -> answer(question), threads);
        last = answer;
        return answer;
    }

    private Observation answer(int question) {
        try {
            return probe(question);
        } catch (RuntimeException | Error bug) {
            disconnect();
            throw bug;
        }
    }

    @Override
    public void abandon() {
        questions.incrementAndGet();
        disconnect();
    }

    @Override
    public void renew() {
        outdated = true;
    }

    @Override
    public void close() {
        abandon();
    }

    private boolean isAbandoned(int question) {
        return question != questions.get();
    }

    private Observation probe(int question) {
        long sent = nanos.getAsLong();
        if (isAbandoned(question)) {
            return failure(sent, Kind.TIMEOUT, false, "abandoned");
        }
        boolean lost = false;
        if (outdated) {
            outdated = false;
            disconnect();
        }
        if (connection.get() != null) {
            try {
                return query(sent);
            } catch (SQLException broken) {
                disconnect();
                Kind kind = ProbeFailure.kindOf(broken, false);
                lost = ProbeFailure.isConnectionLoss(broken);
                if (!lost || isAbandoned(question) || kind == Kind.TIMEOUT) {
                    return failure(sent, kind, false, ProbeFailure.text(broken));
                }
            }
        }
        boolean opening = true;
        try {
            connect();
            opening = false;
            sent = nanos.getAsLong();
            return query(sent);
        } catch (SQLException failed) {
            disconnect();
            return failure(sent, ProbeFailure.kindOf(failed, opening), lost, ProbeFailure.text(failed));
        }
    }

    private void connect() throws SQLException {
        Connection opened = open();
        connection.set(opened);
        mayReadChannels = true;
        mayReadCommitTimes = true;
        mayReadGroup = true;
        hasChannels = false;
        disk.begin();
        try (Statement statement = opened.createStatement();
                ResultSet row = statement.executeQuery("SELECT @@version, (SELECT MIN(id) FROM"
                        + " information_schema.collations WHERE collation_name = @@global.collation_server)")) {
            row.next();
            version = ServerVersion.parse(row.getString(1)).withCollation(row.getInt(2)); // NULL is 0
        }
        isGalera = version.flavor() == Flavor.MARIADB && isGalera(opened);
        auroraName = version.flavor() == Flavor.MYSQL ? auroraName(opened) : "";
    }

    private Connection open() throws SQLException {
        long begun = nanos.getAsLong();
        try {
            Connection opened = DriverProperties.connect(address, properties);
            log.connected(address, Duration.ofNanos(nanos.getAsLong() - begun), null);
            return opened;
        } catch (SQLException failed) {
            log.connected(address, Duration.ofNanos(nanos.getAsLong() - begun), ProbeFailure.text(failed));
            throw failed;
        }
    }

    private static String auroraName(Connection opened) throws SQLException {
        try (Statement statement = opened.createStatement();
                ResultSet rows = statement.executeQuery(AuroraNode.DETECTION)) {
            return rows.next() ? rows.getString(2) : "";
        }
    }

    private static boolean isGalera(Connection opened) throws SQLException {
        boolean on = false;
        boolean provided = false;
        try (Statement statement = opened.createStatement();
                ResultSet rows = statement.executeQuery(ReplicationQuery.GALERA_SETTINGS)) {
            while (rows.next()) {
                String value = rows.getString(2);
                on |= rows.getString(1).equalsIgnoreCase("wsrep_on") && isOn(value);
                provided |= rows.getString(1).equalsIgnoreCase("wsrep_provider")
                        && !value.isEmpty()
                        && !value.equals("none");
            }
        }
        return on && provided;
    }

    private Answer query(long sent) throws SQLException {
        Connection current = connection.get();
        if (current == null) {
            throw new SQLException("the probe was abandoned", "08S01");
        }
        try (Statement statement = current.createStatement()) {
            return query(statement, sent);
        } catch (SQLException denied) {
            // Which of the statements was refused shows by its code; ask again without it.
            if (disk.isAsked() && !ProbeFailure.isConnectionLoss(denied)) {
                disk.denied(); // or there is no such table
            } else if (isDeniedTable(denied) && (mayReadGroup || (mayReadCommitTimes && hasChannels))) {
                mayReadGroup = false;
                mayReadCommitTimes = !hasChannels;
            } else if (mayReadChannels && denied.getErrorCode() == ER_SPECIFIC_ACCESS_DENIED) {
                mayReadChannels = false;
            } else {
                throw denied;
            }
            return query(sent);
        }
    }

    private Answer query(Statement statement, long sent) throws SQLException {
        boolean wantCommitTimes =
                mayReadCommitTimes && mayReadChannels && hasChannels && ReplicationQuery.knowsCommitTimes(version);
        boolean wantGroup = mayReadGroup && ReplicationQuery.knowsGroups(version);
        boolean wantDisk = disk.ask(version);
        statement.execute(ReplicationQuery.variables(version)
                + (mayReadChannels ? "; " + ReplicationQuery.channels(version) : "")
                + (wantCommitTimes ? "; " + ReplicationQuery.commitTimes() : "")
                + (wantGroup ? "; " + ReplicationQuery.group() : "")
                + (isGalera ? "; " + ReplicationQuery.galera() : "")
                + (auroraName.isEmpty() ? "" : "; " + AuroraNode.STATUS)
                + (wantDisk ? "; " + DiskLook.QUERY : ""));
        ResultSet variables = statement.getResultSet();
        variables.next();
        String uuid = variables.getString("uuid");
        long serverId = variables.getLong("id");
        boolean readOnly = isOn(variables.getString("read_only")) || isOn(variables.getString("super_read_only"));
        String executed = variables.getString("executed");
        String applied = variables.getString("applied");
        BinlogState binlogState = binlogStateOf(variables, applied);
        List<Channel> channels = new ArrayList<>();
        if (mayReadChannels && statement.getMoreResults()) {
            channels = ReplicationStatus.channels(statement.getResultSet());
        }
        if (wantCommitTimes && statement.getMoreResults()) {
            channels = withCommitTimes(channels, statement.getResultSet());
        }
        GroupView group =
                wantGroup && statement.getMoreResults() ? GroupView.read(uuid, statement.getResultSet()) : null;
        GaleraNode galera =
                isGalera && statement.getMoreResults() ? GaleraNode.read(statement.getResultSet(), donorsRead) : null;
        ManagedNode managed = auroraName.isEmpty() || !statement.getMoreResults()
                ? null
                : AuroraNode.read(auroraName, statement.getResultSet());
        if (wantDisk && statement.getMoreResults()) {
            ResultSet waiting = statement.getResultSet();
            waiting.next();
            disk.answered(waiting.getLong(1));
        }
        hasChannels = !channels.isEmpty();
        return new Answer(
                address,
                sent,
                nanos.getAsLong(),
                version,
                uuid,
                serverId,
                readOnly || (managed != null && !managed.isWriter()),
                mayReadChannels,
                channels,
                executedOf(executed, applied, hasChannels),
                binlogState,
                group,
                galera,
                managed,
                disk.isFull(),
                missingGrants());
    }

    private BinlogState binlogStateOf(ResultSet variables, String applied) throws SQLException {
        return version.flavor() == Flavor.MYSQL
                ? BinlogState.NONE
                : BinlogState.parse(
                        variables.getString("binlog_state"), applied, isOn(variables.getString("logs_applied")));
    }

    /**
     * On MariaDB a replica vouches with gtid_slave_pos alone, since its binary log may lack what it applied or hold what
     * is its own; a server that follows nobody has its own binary log and what it applied in former days.
     */
    private GtidSet executedOf(String executed, String applied, boolean replica) {
        if (version.flavor() == Flavor.MYSQL) {
            return GtidSet.parse(executed);
        }
        GtidSet appliedSet = GtidSet.parse(applied);
        return replica ? appliedSet : GtidSet.parse(executed).union(appliedSet);
    }

    private static List<Channel> withCommitTimes(List<Channel> channels, ResultSet rows) throws SQLException {
        Map<String, Duration> ages = new HashMap<>();
        while (rows.next()) {
            ages.put(rows.getString(1), Duration.ofNanos(Math.max(0, rows.getLong(2)) * 1000));
        }
        return channels.stream()
                .map(channel -> ages.containsKey(channel.name()) ? channel.withLag(ages.get(channel.name())) : channel)
                .toList();
    }

    private List<String> missingGrants() {
        List<String> grants = new ArrayList<>();
        if (!mayReadChannels) {
            grants.add(ReplicationQuery.grantForChannels(version, properties.getProperty("user")));
        }
        if (!mayReadCommitTimes) {
            grants.add(ReplicationQuery.grantForCommitTimes(properties.getProperty("user")));
        }
        return grants;
    }

    private static boolean isOn(String variable) {
        return !variable.equals("0") && !variable.equalsIgnoreCase("OFF");
    }

    private static boolean isDeniedTable(SQLException denied) {
        return denied.getErrorCode() == ER_TABLEACCESS_DENIED || denied.getErrorCode() == ER_DBACCESS_DENIED;
    }

    private void disconnect() {
        Connection old = connection.getAndSet(null);
        if (old != null) {
            try {
                // Unlike close, it says no farewell to a server that may hang.
                old.abort(Runnable::run);
            } catch (SQLException alreadyGone) {
                return;
            }
        }
    }

    private Failure failure(long sent, Kind kind, boolean lost, String detail) {
        return new Failure(address, sent, nanos.getAsLong(), kind, lost, detail);
    }
}
