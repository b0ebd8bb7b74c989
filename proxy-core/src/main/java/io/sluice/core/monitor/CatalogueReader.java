// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.config.BackendSettings.Tls;
import io.sluice.core.config.MonitorSettings;
import io.sluice.core.monitor.MonitorThread.Timer;
import io.sluice.routing.catalogue.FunctionCatalogue;
import io.sluice.routing.catalogue.TableCatalogue;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.ServerVersion;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the source's catalogue now and then, and at once when a statement that changes it was seen, as far as the
 * monitor's account may. Works on a thread of its own.
 */
public final class CatalogueReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogueReader.class);

    /** Where there is no source yet, or it could not be asked. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);
    /** However often something changes, it is not read more often than this. */
    private static final Duration SHORTEST_GAP = Duration.ofMillis(100);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Properties properties;
    private final Duration interval;
    private final Supplier<@Nullable BackendAddress> source;
    private final SourceConnection connection;
    private final FunctionCatalogue functions;
    private final TableCatalogue tables;
    private final FunctionsQuery functionsQuery;
    private final TablesQuery tablesQuery;
    private final MonitorThread thread = new SystemThread("sluice-catalogue");

    // Confined to the thread.
    private final Set<String> grantsReported = new HashSet<>();
    private @Nullable Timer next;
    private long lastReadNanos;
    private int trusted = -1;
    private int knownTables = -1;

    /** Reads nothing yet. With an interval of zero it never does. */
    public CatalogueReader(
            MonitorSettings settings,
            Tls tls,
            Duration interval,
            Supplier<@Nullable BackendAddress> source,
            FunctionCatalogue functions,
            TableCatalogue tables) {
        this.properties = DriverProperties.of(settings, tls);
        properties.setProperty("socketTimeout", Long.toString(PATIENCE.toMillis()));
        this.connection = new SourceConnection(properties);
        this.interval = interval;
        this.source = source;
        this.functions = functions;
        this.tables = tables;
        this.functionsQuery = new FunctionsQuery(functions, settings.maxLag());
        this.tablesQuery = new TablesQuery(tables, settings.maxLag());
    }

    public void start() {
        if (!interval.isZero()) {
            functions.onChange(() -> thread.execute(this::readSoon));
            tables.onChange(() -> thread.execute(this::readSoon));
            thread.execute(this::read);
        }
    }

    private void readSoon() {
        Duration sinceLast = Duration.ofNanos(thread.nanos() - lastReadNanos);
        readIn(sinceLast.compareTo(SHORTEST_GAP) < 0 ? SHORTEST_GAP : Duration.ZERO);
    }

    private void readIn(Duration delay) {
        Timer planned = next;
        if (planned != null) {
            planned.cancel();
        }
        next = thread.schedule(delay, this::read);
    }

    private void read() {
        Duration delay = AFTER_FAILURE;
        lastReadNanos = thread.nanos();
        try {
            BackendAddress address = source.get();
            delay = address == null ? AFTER_FAILURE : read(address);
        } finally {
            readIn(delay);
        }
    }

    private Duration read(BackendAddress address) {
        try {
            if (connection.isNewTo(address)) {
                functionsQuery.forget();
                tablesQuery.forget();
            }
            Duration wanted = read(connection.to(address), address);
            return wanted.compareTo(interval) < 0 ? wanted : interval;
        } catch (SQLException e) {
            connection.close();
            LOG.warn("event=catalogue_not_read server={} why=\"{}\"", address, e.getMessage());
            return AFTER_FAILURE;
        }
    }

    /** Returns when it is worth to look again at the latest. */
    private Duration read(Connection open, BackendAddress address) throws SQLException {
        try (Statement statement = open.createStatement()) {
            ServerVersion version = version(statement);
            Duration ofFunctions = readFunctions(statement, version, address);
            Duration ofTables = tables.isOn() ? readTables(statement, version, address) : interval;
            return ofTables.compareTo(ofFunctions) < 0 ? ofTables : ofFunctions;
        }
    }

    private Duration readFunctions(Statement statement, ServerVersion version, BackendAddress address)
            throws SQLException {
        FunctionsQuery.Result result = functionsQuery.read(statement, version, properties.getProperty("user"));
        report(result.missingGrants(), address, "queries that call stored functions go to the source");
        if (result.trusted() != trusted) {
            trusted = result.trusted();
            LOG.info("event=catalogue_read server={} functions_that_only_read={}", address, trusted);
        }
        return result.lookAgainIn();
    }

    private Duration readTables(Statement statement, ServerVersion version, BackendAddress address)
            throws SQLException {
        TablesQuery.Result result =
                tablesQuery.read(statement, version, properties.getProperty("user"), thread.nanos());
        report(result.missingGrants(), address, "reads wait for writes to other tables, too");
        if (result.known() != knownTables) {
            knownTables = result.known();
            LOG.info("event=catalogue_read server={} tables_known={}", address, knownTables);
        }
        return result.lookAgainIn();
    }

    private void report(List<String> missingGrants, BackendAddress address, String effect) {
        for (String grant : missingGrants) {
            if (grantsReported.add(grant)) {
                LOG.warn("event=monitor_grant_missing server={} remedy=\"{}\" effect=\"{}\"", address, grant, effect);
            }
        }
    }

    private static ServerVersion version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT @@version")) {
            row.next();
            return ServerVersion.parse(row.getString(1));
        }
    }

    /** The source's address may lead to another server now. Any thread. */
    public void renew() {
        connection.renew();
    }

    @Override
    public void close() {
        thread.execute(connection::close);
        thread.close();
    }
}
