// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import static io.sluice.admin.sql.Variable.Unit.BYTES;
import static io.sluice.admin.sql.Variable.Unit.FLAG;
import static io.sluice.admin.sql.Variable.Unit.MILLIS;
import static io.sluice.admin.sql.Variable.Unit.NUMBER;
import static io.sluice.admin.sql.Variable.Unit.TEXT;

import io.sluice.core.config.MysqlSettings;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.config.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which variables there are: those of ProxySQL's that are settings here, too, and some of Sluice's own. */
final class Variables {
    static final String MONITOR_PASSWORD = "mysql-monitor_password";
    static final String CREDENTIALS = "admin-admin_credentials";

    /** What ProxySQL's monitor asks apart is one question here. */
    private static final List<String> CHECKS = List.of(
            "connect", "ping", "read_only", "replication_lag", "groupreplication_healthcheck", "galera_healthcheck");

    private final Map<String, Variable> byName = new TreeMap<>();

    /** @param version of Sluice, as clients are told it */
    Variables(String version) {
        ofClients();
        ofServers();
        ofMonitor();
        ofLogs();
        ofAdmin(version);
        ownOnes();
    }

    /** In the order of their names. */
    List<Variable> all() {
        return List.copyOf(byName.values());
    }

    /** Names are lower case. */
    boolean has(String name) {
        return byName.containsKey(name);
    }

    Map<String, Variable> of(String prefix) {
        Map<String, Variable> some = new TreeMap<>(byName);
        some.keySet().removeIf(name -> !name.startsWith(prefix + "-"));
        return some;
    }

    private void add(Variable variable) {
        byName.put(variable.name(), variable);
    }

    private void ofClients() {
        add(Variable.of("mysql-interfaces", "mysql.listen", TEXT, Variables::interfaces));
        add(Variable.of(
                "mysql-threads",
                "mysql.threads",
                NUMBER,
                config -> config.mysql().threads() == 0
                        ? Runtime.getRuntime().availableProcessors()
                        : config.mysql().threads()));
        add(Variable.of(
                "mysql-server_version",
                "mysql.server_version",
                TEXT,
                config -> config.mysql().serverVersion()));
        add(Variable.of(
                "mysql-max_connections",
                "mysql.max_clients",
                NUMBER,
                config -> config.mysql().maxClients()));
        add(Variable.of(
                "mysql-connect_timeout_client",
                "mysql.handshake_timeout",
                MILLIS,
                config -> config.mysql().handshakeTimeout()));
        add(Variable.of(
                "mysql-wait_timeout",
                "mysql.idle_timeout",
                MILLIS,
                config -> config.mysql().idleTimeout()));
        add(Variable.of(
                "mysql-max_allowed_packet",
                "mysql.max_command_bytes",
                BYTES,
                config -> config.mysql().maxCommandBytes()));
        add(Variable.of(
                "mysql-have_ssl",
                "mysql.tls.mode",
                FLAG,
                config -> config.mysql().tls().mode() != MysqlSettings.TlsMode.DISABLED));
        add(Variable.of(
                "mysql-have_compress",
                "mysql.compression",
                FLAG,
                config -> !config.mysql().compression().isEmpty()));
        add(Variable.of(
                "mysql-query_digests",
                "admin.max_digests",
                FLAG,
                config -> config.admin().maxDigests() > 0));
    }

    private static String interfaces(SluiceConfig config) {
        return Stream.concat(
                        config.mysql().listen().stream(),
                        Stream.ofNullable(config.mysql().socket()))
                .map(Object::toString)
                .collect(Collectors.joining(";"));
    }

    private void ofServers() {
        add(Variable.of(
                "mysql-connect_timeout_server",
                "backend.connect_timeout",
                MILLIS,
                config -> config.backend().connectTimeout()));
        add(Variable.of(
                "mysql-connect_timeout_server_max",
                "pool.acquire_timeout",
                MILLIS,
                config -> config.pool().acquireTimeout()));
        add(Variable.of(
                "mysql-connection_max_age_ms",
                "pool.max_age",
                MILLIS,
                config -> config.pool().maxAge()));
        add(Variable.of(
                "mysql-max_stmts_per_connection",
                "pool.max_prepared_statements",
                NUMBER,
                config -> config.pool().maxPreparedStatements()));
        add(Variable.of(
                "mysql-ssl_p2s_ca",
                "backend.tls.ca",
                TEXT,
                config -> config.backend().tls().ca()));
        add(Variable.of(
                "mysql-ssl_p2s_cert",
                "backend.tls.certificate",
                TEXT,
                config -> config.backend().tls().certificate()));
        add(Variable.of(
                "mysql-ssl_p2s_key",
                "backend.tls.key",
                TEXT,
                config -> config.backend().tls().key()));
    }

    private void ofMonitor() {
        add(Variable.fixed("mysql-monitor_enabled", FLAG, "true", "Sluice goes by what its monitor sees, so it is on"));
        add(Variable.of(
                "mysql-monitor_username",
                "monitor.user",
                TEXT,
                config -> config.monitor().user()));
        add(Variable.of(MONITOR_PASSWORD, "monitor.password", TEXT, config -> Variable.HIDDEN));
        for (String check : CHECKS) {
            add(Variable.of(
                    "mysql-monitor_" + check + "_interval",
                    "monitor.interval",
                    MILLIS,
                    config -> config.monitor().interval()));
            add(Variable.of(
                    "mysql-monitor_" + check + "_timeout",
                    "monitor.timeout",
                    MILLIS,
                    config -> config.monitor().timeout()));
        }
    }

    private void ofLogs() {
        add(Variable.of(
                "mysql-long_query_time",
                "log.queries.slow",
                MILLIS,
                config -> config.log().queries().slow()));
        add(Variable.of(
                "mysql-eventslog_filename",
                "log.queries.file",
                TEXT,
                config -> config.log().queries().file()));
        add(Variable.of(
                "mysql-auditlog_filename",
                "log.clients.file",
                TEXT,
                config -> config.log().clients()));
    }

    private void ofAdmin(String version) {
        add(Variable.of(CREDENTIALS, "admin.users", TEXT, config -> Variable.HIDDEN));
        add(Variable.of(
                "admin-mysql_ifaces",
                "admin.listen",
                TEXT,
                config -> config.admin().listen()));
        add(Variable.fixed("admin-hash_passwords", FLAG, "true", "passwords in mysql_users always become hashes"));
        add(Variable.fixed("admin-version", TEXT, version, "it is the version of the program"));
    }

    /** Those that can be changed at once and have no name in ProxySQL: the key, with _ in place of dots. */
    private void ownOnes() {
        own("failover.hold", MILLIS, config -> config.failover().hold());
        own("failover.max_held", NUMBER, config -> config.failover().maxHeld());
        own("log.queries.one_in", NUMBER, config -> config.log().queries().oneIn());
        own("mysql.max_prepared_statements", NUMBER, config -> config.mysql().maxPreparedStatements());
        own("pool.max_idle_time", MILLIS, config -> config.pool().maxIdleTime());
        own("pool.max_waiters", NUMBER, config -> config.pool().maxWaiters());
        own("routing.causal_wait", MILLIS, config -> config.routing().causalWait());
    }

    private void own(
            String key,
            Variable.Unit unit,
            java.util.function.Function<SluiceConfig, @org.jspecify.annotations.Nullable Object> value) {
        add(Variable.of("sluice-" + key.replace('.', '_'), key, unit, value));
    }

    /** The names of those that are one setting, for each such setting. */
    List<List<String>> synonyms() {
        Map<String, List<String>> byKey = new TreeMap<>();
        for (Variable variable : byName.values()) {
            if (variable.isChangeable()) {
                byKey.computeIfAbsent(variable.key(), key -> new ArrayList<>()).add(variable.name());
            }
        }
        return byKey.values().stream().filter(names -> names.size() > 1).toList();
    }

    /** Why there is none of that name. */
    SqlRefused unknown(String name) {
        String reason = MissingVariables.reason(name.toLowerCase(Locale.ROOT));
        String why = Spelling.nearest(name, byName.keySet())
                .map(near -> "did you mean " + near + "? Else, " + reason)
                .orElse(reason);
        return SqlRefused.unknownVariable(
                "there is no variable " + name + " here: " + why + "; SHOW ALL VARIABLES lists those there are");
    }
}
