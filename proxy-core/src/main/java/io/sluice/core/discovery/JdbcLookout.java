// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.discovery;

import io.sluice.core.discovery.Look.Neighbour;
import io.sluice.core.monitor.DriverProperties;
import io.sluice.core.monitor.ReplicationStatus;
import io.sluice.routing.topology.BackendAddress;
import io.sluice.routing.topology.ServerVersion;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks through MySQL Connector/J, by a connection for each look: looks are rare. */
final class JdbcLookout implements Lookout {
    private static final Logger LOG = LoggerFactory.getLogger(JdbcLookout.class);

    private static final int ER_SPECIFIC_ACCESS_DENIED = 1227;
    private static final int ER_TABLEACCESS_DENIED = 1142;
    private static final int REPLICA_WORDS_SINCE = 80022;

    private static final String GROUP = "SELECT MEMBER_ID, MEMBER_HOST, MEMBER_PORT"
            + " FROM performance_schema.replication_group_members WHERE MEMBER_STATE IN ('ONLINE', 'RECOVERING')";
    private static final String READERS = "SELECT DISTINCT PROCESSLIST_HOST FROM performance_schema.threads"
            + " WHERE PROCESSLIST_COMMAND IN ('Binlog Dump', 'Binlog Dump GTID') AND PROCESSLIST_HOST <> ''";
    /** There the port follows the host. */
    private static final String READERS_MARIADB =
            "SELECT DISTINCT LEFT(HOST, CHAR_LENGTH(HOST) - LOCATE(':', REVERSE(HOST)))"
                    + " FROM information_schema.processlist WHERE COMMAND = 'Binlog Dump' AND HOST LIKE '%:%'";

    /** Managed services leave tables of their own out, by filters of which nobody's reads depend. */
    private static final List<String> OF_THE_SERVER = List.of("mysql.", "innodb_memcache.");

    private final Properties properties;

    JdbcLookout(Properties properties) {
        this.properties = properties;
    }

    @Override
    public Optional<Look> look(BackendAddress server) {
        try (Connection connection = DriverProperties.connect(server, properties);
                Statement statement = connection.createStatement()) {
            return Optional.of(new Questions(server, statement).ask());
        } catch (SQLException failed) {
            LOG.debug("event=not_looked_at server={} why=\"{}\"", server, failed.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public List<InetAddress> addressesOf(String host) {
        try {
            return Arrays.asList(InetAddress.getAllByName(host));
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }

    /** Those of one look. */
    private final class Questions {
        private final BackendAddress server;
        private final Statement statement;
        private final ServerVersion version;
        private final List<String> missingGrants = new ArrayList<>();
        private boolean filtered;

        Questions(BackendAddress server, Statement statement) throws SQLException {
            this.server = server;
            this.statement = statement;
            try (ResultSet row = statement.executeQuery("SELECT @@version")) {
                row.next();
                this.version = ServerVersion.parse(row.getString(1));
            }
        }

        private Look ask() throws SQLException {
            String identity;
            boolean readOnly;
            String uuid = version.isMariadb() ? "''" : "@@global.server_uuid";
            try (ResultSet row =
                    statement.executeQuery("SELECT " + uuid + ", @@global.server_id, @@global.read_only")) {
                row.next();
                identity = identity(row.getString(1), row.getString(2));
                String flag = row.getString(3);
                readOnly = !flag.equals("0") && !flag.equalsIgnoreCase("OFF");
            }
            List<Neighbour> sources = sources();
            List<Neighbour> replicas = replicas();
            boolean someHide =
                    replicas.stream().anyMatch(replica -> replica.host().isEmpty());
            Set<String> readers = someHide ? readers() : Set.of();
            GaleraView galera = version.isMariadb() ? galera() : GaleraView.NONE;
            return new Look(
                    server,
                    galera.isNode() ? galera.identity(server) : identity,
                    identity,
                    readOnly,
                    sources,
                    replicas,
                    readers,
                    version.isMariadb() ? galera.nodes() : group(),
                    galera.cluster(),
                    filtered,
                    missingGrants);
        }

        private String identity(String uuid, String id) {
            return !uuid.isEmpty() || id.isEmpty() || id.equals("0") || !version.isMariadb() ? uuid : "server_id " + id;
        }

        private List<Neighbour> sources() throws SQLException {
            String query = version.isMariadb()
                    ? "SHOW ALL SLAVES STATUS"
                    : hasReplicaWords() ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS";
            List<Neighbour> sources = new ArrayList<>();
            for (Map<String, String> row : rows(query, version.isMariadb() ? "SLAVE MONITOR" : "REPLICATION CLIENT")) {
                boolean ofGroup = row.getOrDefault("channel_name", "").startsWith("group_replication_");
                if (!ofGroup && !row.getOrDefault("replica_io_running", "No").equals("No")) {
                    filtered |= row.entrySet().stream().anyMatch(Questions.this::isFilter);
                    String identity =
                            identity(row.getOrDefault("source_uuid", ""), row.getOrDefault("source_server_id", ""));
                    sources.add(neighbour(row, "source_host", "source_port", identity));
                }
            }
            return sources;
        }

        private boolean isFilter(Map.Entry<String, String> column) {
            String name = column.getKey();
            return name.startsWith("replicate_")
                    && !name.equals("replicate_ignore_server_ids")
                    && !column.getValue().isBlank()
                    && !(name.contains("_ignore_")
                            && Arrays.stream(column.getValue().split(",", -1))
                                    .allMatch(item -> OF_THE_SERVER.stream().anyMatch(item.trim()::startsWith)));
        }

        private List<Neighbour> replicas() throws SQLException {
            List<Neighbour> replicas = new ArrayList<>();
            String query = hasReplicaWords() ? "SHOW REPLICAS" : "SHOW SLAVE HOSTS";
            String privilege = version.isMariadb() ? "REPLICATION MASTER ADMIN" : "REPLICATION SLAVE";
            for (Map<String, String> row : rows(query, privilege)) {
                String identity = identity(row.getOrDefault("replica_uuid", ""), row.getOrDefault("server_id", ""));
                replicas.add(neighbour(row, "host", "port", identity));
            }
            return replicas;
        }

        private Set<String> readers() throws SQLException {
            Set<String> hosts = new HashSet<>();
            try (ResultSet row = statement.executeQuery(version.isMariadb() ? READERS_MARIADB : READERS)) {
                while (row.next()) {
                    hosts.add(row.getString(1));
                }
            } catch (SQLException denied) {
                note(denied, "SELECT ON performance_schema.*");
            }
            if (hosts.isEmpty() && version.isMariadb()) {
                missingGrants.add(grant("PROCESS ON *.*") + ", or set report_host on its replicas");
            }
            return hosts;
        }

        private List<Neighbour> group() throws SQLException {
            List<Neighbour> members = new ArrayList<>();
            try (ResultSet row = statement.executeQuery(GROUP)) {
                while (row.next()) {
                    members.add(new Neighbour(row.getString(2), row.getInt(3), row.getString(1)));
                }
            } catch (SQLException denied) {
                note(denied, "SELECT ON performance_schema.*");
            }
            return members;
        }

        private GaleraView galera() throws SQLException {
            Map<String, String> status = new HashMap<>();
            try (ResultSet rows = statement.executeQuery(GaleraView.STATUS)) {
                while (rows.next()) {
                    status.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
                }
            }
            return GaleraView.of(status);
        }

        private List<Map<String, String>> rows(String query, String privilege) throws SQLException {
            List<Map<String, String>> all = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(query)) {
                while (rows.next()) {
                    all.add(ReplicationStatus.columns(rows));
                }
            } catch (SQLException denied) {
                note(denied, privilege + " ON *.*");
            }
            return all;
        }

        private void note(SQLException denied, String privilege) throws SQLException {
            int code = denied.getErrorCode();
            if (code != ER_SPECIFIC_ACCESS_DENIED && code != ER_TABLEACCESS_DENIED) {
                throw denied;
            }
            missingGrants.add(grant(privilege));
        }

        private String grant(String privilege) {
            return "GRANT " + privilege + " TO '" + properties.getProperty("user") + "'@'...'";
        }

        private boolean hasReplicaWords() {
            return !version.isMariadb() && version.number() >= REPLICA_WORDS_SINCE;
        }
    }

    private static Neighbour neighbour(Map<String, String> row, String host, String port, String identity) {
        String number = row.getOrDefault(port, "");
        return new Neighbour(row.getOrDefault(host, ""), number.isEmpty() ? 0 : Integer.parseInt(number), identity);
    }
}
