// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.core.config.BackendSettings.Tls;
import io.sluice.core.config.MonitorSettings;
import io.sluice.routing.topology.BackendAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the source stores of passwords of mysql_native_password, read now and then where the monitor's account may: with
 * it, a client's proof can be checked, and shows what a login at the servers takes. Reads on a thread of its own; the
 * digests may be asked for on any thread.
 */
public final class NativeDigests implements Function<String, List<byte[]>>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NativeDigests.class);

    private static final String QUERY = "SELECT User, authentication_string FROM mysql.user"
            + " WHERE plugin = 'mysql_native_password' AND authentication_string LIKE '*%' LIMIT ?";
    private static final int DIGITS = 40;
    /** Where reading is not allowed, somebody may allow it later. */
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(1);

    private final Duration interval;
    private final int limit;
    private final Supplier<@Nullable BackendAddress> source;
    private final SourceConnection connection;
    private final CertifiedAccounts certified;
    private final MonitorThread thread = new SystemThread("sluice-accounts");
    private volatile Map<String, List<byte[]>> digests = Map.of();
    private boolean refused;

    /** @param limit most accounts that are read */
    public NativeDigests(
            MonitorSettings settings,
            Tls tls,
            Duration interval,
            int limit,
            Supplier<@Nullable BackendAddress> source) {
        this.connection = new SourceConnection(DriverProperties.of(settings, tls));
        this.certified = new CertifiedAccounts(tls.certificate() != null);
        this.interval = interval;
        this.limit = limit;
        this.source = source;
    }

    /** Begins to read. Returns what is done when the first try is over, whatever came of it. */
    public CompletableFuture<Void> start() {
        CompletableFuture<Void> first = new CompletableFuture<>();
        thread.execute(() -> {
            try {
                read();
            } finally {
                first.complete(null);
            }
        });
        return first;
    }

    /** SHA1(SHA1(password)) of the accounts of that name. */
    @Override
    public List<byte[]> apply(String user) {
        return digests.getOrDefault(user, List.of());
    }

    private void read() {
        boolean allowed = true;
        try {
            BackendAddress address = source.get();
            allowed = address == null || read(address);
        } finally {
            thread.schedule(allowed ? interval : AFTER_REFUSAL, this::read);
        }
    }

    /** Whether it is allowed, as far as is known. */
    private boolean read(BackendAddress address) {
        try {
            Connection open = connection.to(address);
            digests = query(open);
            certified.read(open);
            refused = false;
        } catch (SQLException e) {
            connection.close();
            if (e.getErrorCode() != 0 && !ProbeFailure.isConnectionLoss(e)) {
                digests = Map.of();
                report(address, e);
                return false;
            }
        }
        return true;
    }

    private Map<String, List<byte[]>> query(Connection open) throws SQLException {
        Map<String, List<byte[]>> all = new HashMap<>();
        try (PreparedStatement statement = open.prepareStatement(QUERY)) {
            statement.setInt(1, limit);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    byte[] digest = digest(rows.getString(2));
                    if (digest != null) {
                        all.computeIfAbsent(rows.getString(1), user -> new ArrayList<>())
                                .add(digest);
                    }
                }
            }
        }
        return all;
    }

    /** Null of what no password fits: servers set such up for accounts that nobody shall log in as, as mysql.sys was. */
    static byte @Nullable [] digest(String stored) {
        if (stored.length() != 1 + DIGITS) {
            return null;
        }
        try {
            return HexFormat.of().parseHex(stored, 1, stored.length());
        } catch (IllegalArgumentException noHex) {
            return null;
        }
    }

    private void report(BackendAddress address, SQLException why) {
        if (!refused) {
            refused = true;
            LOG.info(
                    "event=accounts_not_readable server={} why=\"{}\" effect=\"clients of mysql_native_password are asked"
                            + " for another plugin\" remedy=\"GRANT SELECT ON mysql.user to the monitor's account\"",
                    address,
                    why.getMessage());
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
