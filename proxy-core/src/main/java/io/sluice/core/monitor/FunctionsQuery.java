// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import io.sluice.routing.catalogue.FunctionCatalogue;
import io.sluice.routing.catalogue.StoredFunction;
import io.sluice.routing.topology.Flavor;
import io.sluice.routing.topology.ServerVersion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to ask a source of its stored functions (manual: information_schema.ROUTINES). The bodies are read only when a
 * digest of all of them is another one than the last time. Confined to the thread that reads.
 */
final class FunctionsQuery {
    private static final int ER_DBACCESS_DENIED = 1044;
    private static final int ER_TABLEACCESS_DENIED = 1142;
    private static final int ER_SP_DOES_NOT_EXIST = 1305;
    private static final int LOADABLE_IN_PERFORMANCE_SCHEMA_SINCE = 80014;
    /** From here on there is no table of routines to be read instead. */
    private static final int DICTIONARY_SINCE = 80000;

    private static final int SHOW_ROUTINE_SINCE = 80020;
    private static final int FUNCTIONS_MAX = 20_000;
    /** Who lets replicas lag for hours does not want to wait as long for functions. */
    private static final Duration SETTLES_MAX = Duration.ofMinutes(1);

    private static final String DIGEST =
            "SELECT CONCAT(COUNT(*), '/', IFNULL(BIT_XOR(CAST(CONV(LEFT(SHA2(CONCAT_WS('/',"
                    + " ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_TYPE, ROUTINE_BODY, SQL_DATA_ACCESS, SQL_MODE, LAST_ALTERED,"
                    + " ROUTINE_DEFINITION), 256), 16), 16, 10) AS UNSIGNED)), 0))"
                    + " FROM information_schema.ROUTINES WHERE ROUTINE_TYPE <> 'PROCEDURE'";
    private static final String ALL = "SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_TYPE, ROUTINE_BODY,"
            + " SQL_DATA_ACCESS, SQL_MODE, CONCAT_WS('/', LAST_ALTERED, SHA2(ROUTINE_DEFINITION, 256)) AS STAMP,"
            + " TIMESTAMPDIFF(SECOND, LAST_ALTERED, NOW()) AS AGE"
            + " FROM information_schema.ROUTINES WHERE ROUTINE_TYPE <> 'PROCEDURE' LIMIT " + FUNCTIONS_MAX;
    private static final String PRIVILEGES = "SELECT COUNT(*) FROM information_schema.USER_PRIVILEGES"
            + " WHERE PRIVILEGE_TYPE IN ('SELECT', 'SHOW_ROUTINE')";

    private final FunctionCatalogue catalogue;
    private final Duration settles;
    /** By schema, name and stamp. */
    private Map<String, String> definitions = Map.of();

    private String lastDigest = "";
    private long lastChanges = -1;
    private Duration youngest = Duration.ZERO;
    private Result last = new Result(0, List.of(), Duration.ofDays(1));

    /**
     * @param missingGrants what to grant
     * @param lookAgainIn when something that is trusted later will be
     */
    record Result(int trusted, List<String> missingGrants, Duration lookAgainIn) {}

    /** @param maxLag of replicas that serve reads: a function that is older is on all of them */
    FunctionsQuery(FunctionCatalogue catalogue, Duration maxLag) {
        this.catalogue = catalogue;
        Duration most = maxLag.compareTo(SETTLES_MAX) < 0 ? maxLag : SETTLES_MAX;
        this.settles = most.plusSeconds(1); // the servers count whole seconds
    }

    /** Another server is asked from now on. */
    void forget() {
        lastDigest = "";
        definitions = Map.of();
    }

    Result read(Statement statement, ServerVersion version, String user) throws SQLException {
        long changes = catalogue.changes();
        Set<String> loadable = loadable(statement, version);
        String digest = one(statement, DIGEST) + loadable;
        boolean settling = youngest.compareTo(settles) < 0;
        if (digest.equals(lastDigest) && changes == lastChanges && !settling) {
            return last;
        }
        Map<StoredFunction, String> stamps = new LinkedHashMap<>();
        Set<String> packages = new HashSet<>();
        youngest = Duration.ofDays(1);
        try (ResultSet rows = statement.executeQuery(ALL)) {
            while (rows.next()) {
                if (rows.getString("ROUTINE_TYPE").equals("FUNCTION")) {
                    stamps.put(function(rows), rows.getString("STAMP"));
                } else {
                    packages.add(rows.getString("ROUTINE_NAME"));
                }
            }
        }
        List<StoredFunction> functions = withDefinitions(stamps, statement);
        int trusted = catalogue.learn(changes, version, functions, loadable, packages);
        lastDigest = digest;
        lastChanges = changes;
        boolean settled = youngest.compareTo(settles) >= 0;
        last = new Result(
                trusted,
                missingGrants(statement, version, user, functions, loadable == null),
                settled ? Duration.ofDays(1) : settles.minus(youngest).plusMillis(1));
        return last;
    }

    private StoredFunction function(ResultSet rows) throws SQLException {
        Duration age = Duration.ofSeconds(Math.max(0, rows.getLong("AGE")));
        youngest = age.compareTo(youngest) < 0 ? age : youngest;
        return new StoredFunction(
                rows.getString("ROUTINE_SCHEMA"),
                rows.getString("ROUTINE_NAME"),
                null,
                rows.getString("ROUTINE_BODY").equals("SQL"),
                rows.getString("SQL_DATA_ACCESS"),
                rows.getString("SQL_MODE"),
                age.compareTo(settles) < 0);
    }

    /** Those that have not changed are not asked for again. */
    private List<StoredFunction> withDefinitions(Map<StoredFunction, String> stamps, Statement statement)
            throws SQLException {
        List<StoredFunction> functions = new ArrayList<>();
        Map<String, String> all = new HashMap<>();
        for (Map.Entry<StoredFunction, String> each : stamps.entrySet()) {
            StoredFunction function = each.getKey();
            String key = function.schema() + '/' + function.name() + '/' + each.getValue();
            String definition = definitions.get(key);
            if (definition == null) {
                definition = definition(function, statement);
            }
            if (definition != null) {
                all.put(key, definition);
            }
            functions.add(function.withDefinition(definition));
        }
        definitions = all;
        return functions;
    }

    private static @Nullable String definition(StoredFunction function, Statement statement) throws SQLException {
        String name = quoted(function.schema()) + '.' + quoted(function.name());
        try (ResultSet row = statement.executeQuery("SHOW CREATE FUNCTION " + name)) {
            return row.next() ? row.getString(3) : null;
        } catch (SQLException e) {
            if (isDenied(e) || e.getErrorCode() == ER_SP_DOES_NOT_EXIST) { // dropped meanwhile, or not to be seen
                return null;
            }
            throw e;
        }
    }

    private static String quoted(String name) {
        return '`' + name.replace("`", "``") + '`';
    }

    /** In lower case; null if it is not to be told to this account. */
    private static @Nullable Set<String> loadable(Statement statement, ServerVersion version) throws SQLException {
        boolean inPerformanceSchema =
                version.flavor() == Flavor.MYSQL && version.number() >= LOADABLE_IN_PERFORMANCE_SCHEMA_SINCE;
        Set<String> names = new HashSet<>();
        try (ResultSet rows = statement.executeQuery(
                inPerformanceSchema
                        ? "SELECT UDF_NAME FROM performance_schema.user_defined_functions"
                        : "SELECT name FROM mysql.func")) {
            while (rows.next()) {
                names.add(rows.getString(1).toLowerCase(Locale.ROOT));
            }
        } catch (SQLException e) {
            if (isDenied(e)) {
                return null;
            }
            throw e;
        }
        return names;
    }

    private static List<String> missingGrants(
            Statement statement,
            ServerVersion version,
            String user,
            List<StoredFunction> functions,
            boolean loadableDenied)
            throws SQLException {
        List<String> grants = new ArrayList<>();
        String to = " TO '" + user + "'@'...'";
        boolean readsBodies = functions.stream().anyMatch(function -> function.definition() != null);
        if (version.flavor() == Flavor.MYSQL && version.number() >= DICTIONARY_SINCE) {
            if (!readsBodies && one(statement, PRIVILEGES).equals("0")) {
                grants.add((version.number() >= SHOW_ROUTINE_SINCE ? "GRANT SHOW_ROUTINE" : "GRANT SELECT") + " ON *.*"
                        + to);
            }
        } else if (!readsBodies && isDenied(statement, "SELECT 1 FROM mysql.proc LIMIT 1")) {
            grants.add("GRANT SELECT ON mysql.proc" + to);
        }
        if (loadableDenied) {
            grants.add(
                    version.flavor() == Flavor.MYSQL && version.number() >= LOADABLE_IN_PERFORMANCE_SCHEMA_SINCE
                            ? ReplicationQuery.grantForCommitTimes(user)
                            : "GRANT SELECT ON mysql.func" + to);
        }
        return grants;
    }

    private static boolean isDenied(Statement statement, String query) throws SQLException {
        try {
            statement.executeQuery(query).close();
            return false;
        } catch (SQLException e) {
            if (isDenied(e)) {
                return true;
            }
            throw e;
        }
    }

    private static boolean isDenied(SQLException e) {
        return e.getErrorCode() == ER_TABLEACCESS_DENIED || e.getErrorCode() == ER_DBACCESS_DENIED;
    }

    private static String one(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
