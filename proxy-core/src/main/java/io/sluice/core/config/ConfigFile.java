// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The file of the configuration: as it was at the start, and as it is whenever it is read again. Thread-safe. */
public final class ConfigFile {
    /** The lists that can be changed while Sluice runs. */
    private static final Pattern LISTS = Pattern.compile("(servers|users|users\\.list|rules)\\[.*");

    /** The single settings that can be. */
    private static final Set<String> SETTINGS = Set.of(
            "mysql.server_version",
            "mysql.max_clients",
            "mysql.handshake_timeout",
            "mysql.idle_timeout",
            "mysql.max_command_bytes",
            "mysql.max_prepared_statements",
            "backend.connect_timeout",
            "pool.max_idle_time",
            "pool.max_age",
            "pool.acquire_timeout",
            "pool.max_waiters",
            "pool.max_prepared_statements",
            "monitor.interval",
            "monitor.timeout",
            "routing.causal_wait",
            "failover.hold",
            "failover.max_held",
            "log.queries.slow",
            "log.queries.one_in");

    private static final String HOLD = "users[].hold";

    private final Path path;
    private final Map<String, String> environment;
    private final String firstText;
    private final SluiceConfig first;
    private final Map<String, Object> firstValues;

    /**
     * The file as it is now.
     *
     * @param changeable the texts of the settings that can change while Sluice runs, by their keys
     * @param restart the keys whose new values count after a restart only
     */
    public record Version(SluiceConfig config, Map<String, String> changeable, List<String> restart) {}

    private ConfigFile(
            Path path,
            Map<String, String> environment,
            String firstText,
            SluiceConfig first,
            Map<String, Object> firstValues) {
        this.path = path;
        this.environment = environment;
        this.firstText = firstText;
        this.first = first;
        this.firstValues = firstValues;
    }

    /**
     * Reads it for the first time. Blocks.
     *
     * @throws ConfigException with all mistakes
     */
    public static ConfigFile open(Path path, Map<String, String> environment) throws ConfigException {
        Reading reading = SluiceConfig.reading(path, environment, Map.of());
        String text = SluiceConfig.text(path);
        return new ConfigFile(path, environment, text, SluiceConfig.load(reading, text), reading.values);
    }

    /** Whether that single setting can be changed while Sluice runs. */
    public static boolean isChangeable(String key) {
        return SETTINGS.contains(key);
    }

    public Path path() {
        return path;
    }

    /** As it was at the start. */
    public SluiceConfig atStart() {
        return first;
    }

    /**
     * As it was at the start, with other texts for some keys. Blocks.
     *
     * @param texts by the keys that they are for
     * @throws ConfigException with all mistakes that this makes
     */
    public SluiceConfig with(Map<String, String> texts) throws ConfigException {
        return SluiceConfig.load(SluiceConfig.reading(path, environment, texts), firstText);
    }

    /**
     * Reads it again, with the files of passwords that it names. Blocks.
     *
     * @throws ConfigException with all mistakes
     */
    public Version read() throws ConfigException {
        Reading reading = SluiceConfig.reading(path, environment, Map.of());
        SluiceConfig now = SluiceConfig.load(reading, SluiceConfig.text(path));
        return new Version(now, Map.copyOf(reading.changeable), restart(now, reading.values));
    }

    private List<String> restart(SluiceConfig now, Map<String, Object> values) {
        Set<String> all = new TreeSet<>(firstValues.keySet());
        all.addAll(values.keySet());
        List<String> changed = new ArrayList<>();
        for (String key : all) {
            boolean same = Objects.equals(firstValues.get(key), values.get(key));
            if (!same && !isChangeable(key) && !LISTS.matcher(key).matches()) {
                changed.add(key);
            }
        }
        if (!now.holds().equals(first.holds())) {
            changed.add(HOLD);
        }
        return changed;
    }
}
