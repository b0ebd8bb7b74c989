// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration file in the making: ports that are free, the servers and users of a topology, and any further key by
 * its dotted path. Written as YAML by {@link #toYaml}.
 */
public final class SluiceSettings {
    private final int mysqlPort = FreePorts.next();
    private final int adminPort = FreePorts.next();
    private final int httpPort = FreePorts.next();
    private final Map<String, Object> root = new LinkedHashMap<>();
    private final List<Object> servers = new ArrayList<>();
    private final List<Object> users = new ArrayList<>();
    private String javaOptions = "";

    public SluiceSettings() {
        set("mysql.listen", "127.0.0.1:" + mysqlPort);
        root.put("servers", servers);
        root.put("users", users);
        set("monitor.user", "monitor");
        set("monitor.password", "monitor");
        set("admin.listen", "127.0.0.1:" + adminPort);
        set("http.listen", "127.0.0.1:" + httpPort);
    }

    /** For the servers of a topology, with its user app. */
    public static SluiceSettings of(ReplicationTopology topology) {
        SluiceSettings settings = new SluiceSettings();
        topology.servers().forEach(server -> settings.server(server.address()));
        return settings.user("app", "app");
    }

    /** For its JVM, as SLUICE_JAVA_OPTS has them. */
    public SluiceSettings javaOptions(String options) {
        javaOptions = options;
        return this;
    }

    String javaOptions() {
        return javaOptions;
    }

    public int mysqlPort() {
        return mysqlPort;
    }

    public int adminPort() {
        return adminPort;
    }

    public int httpPort() {
        return httpPort;
    }

    public SluiceSettings server(String address) {
        servers.add(new LinkedHashMap<>(Map.of("address", address)));
        return this;
    }

    public SluiceSettings user(String name, String password) {
        return user(name, Map.of("password", password));
    }

    /** A user with keys as the configuration file has them. */
    public SluiceSettings user(String name, Map<String, Object> keys) {
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("name", name);
        user.putAll(keys);
        users.add(user);
        return this;
    }

    public SluiceSettings admin(String name, String password) {
        Map<String, Object> user = new LinkedHashMap<>();
        user.put("name", name);
        user.put("password", password);
        return set("admin.users", List.of(user));
    }

    /** Sets a key by its path, such as "pool.max_connections". */
    @SuppressWarnings("unchecked") // every inner value of a path was put there by this very method
    public SluiceSettings set(String path, Object value) {
        Map<String, Object> at = root;
        String[] names = path.split("\\.", -1);
        for (int i = 0; i < names.length - 1; i++) {
            at = (Map<String, Object>) at.computeIfAbsent(names[i], name -> new LinkedHashMap<String, Object>());
        }
        at.put(names[names.length - 1], value);
        return this;
    }

    public String toYaml() {
        StringBuilder yaml = new StringBuilder();
        write(yaml, root, 0);
        return yaml.toString();
    }

    private static void write(StringBuilder yaml, Map<?, ?> map, int depth) {
        map.forEach((key, value) -> {
            yaml.append("  ".repeat(depth)).append(key).append(':');
            if (value instanceof Map<?, ?> inner) {
                yaml.append('\n');
                write(yaml, inner, depth + 1);
            } else if (value instanceof List<?> items) {
                writeItems(yaml, items, depth + 1);
            } else {
                yaml.append(' ').append(scalar(value)).append('\n');
            }
        });
    }

    private static void writeItems(StringBuilder yaml, List<?> items, int depth) {
        if (items.isEmpty()) {
            yaml.append(" []\n");
            return;
        }
        yaml.append('\n');
        for (Object item : items) {
            if (!(item instanceof Map)) {
                yaml.append("  ".repeat(depth))
                        .append("- ")
                        .append(scalar(item))
                        .append('\n');
                continue;
            }
            StringBuilder block = new StringBuilder();
            write(block, (Map<?, ?>) item, depth + 1);
            int first = 2 * (depth + 1);
            yaml.append("  ".repeat(depth)).append("- ").append(block.substring(first));
        }
    }

    /** Numbers and booleans stand bare, everything else in quotes: "1.0" and "no" stay strings. */
    private static String scalar(Object value) {
        if (value instanceof Number || value instanceof Boolean) {
            return value.toString();
        }
        return '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
