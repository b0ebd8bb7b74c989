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
    /** What can be changed while Sluice runs. */
    private static final Pattern CHANGEABLE = Pattern.compile("(servers|users|users\\.list|rules)\\[.*");

    private static final String HOLD = "users[].hold";

    private final Path path;
    private final Map<String, String> environment;
    private final SluiceConfig first;
    private final Map<String, Object> firstValues;

    /**
     * The file as it is now.
     *
     * @param restart the keys whose new values count after a restart only
     */
    public record Version(SluiceConfig config, List<String> restart) {}

    private ConfigFile(
            Path path, Map<String, String> environment, SluiceConfig first, Map<String, Object> firstValues) {
        this.path = path;
        this.environment = environment;
        this.first = first;
        this.firstValues = firstValues;
    }

    /**
     * Reads it for the first time. Blocks.
     *
     * @throws ConfigException with all mistakes
     */
    public static ConfigFile open(Path path, Map<String, String> environment) throws ConfigException {
        Reading reading = SluiceConfig.reading(path, environment);
        return new ConfigFile(path, environment, SluiceConfig.load(path, reading), reading.values);
    }

    public Path path() {
        return path;
    }

    /** As it was at the start. */
    public SluiceConfig atStart() {
        return first;
    }

    /**
     * Reads it again, with the files of passwords that it names. Blocks.
     *
     * @throws ConfigException with all mistakes
     */
    public Version read() throws ConfigException {
        Reading reading = SluiceConfig.reading(path, environment);
        SluiceConfig now = SluiceConfig.load(path, reading);
        return new Version(now, restart(now, reading.values));
    }

    private List<String> restart(SluiceConfig now, Map<String, Object> values) {
        Set<String> all = new TreeSet<>(firstValues.keySet());
        all.addAll(values.keySet());
        List<String> changed = new ArrayList<>();
        for (String key : all) {
            if (!CHANGEABLE.matcher(key).matches() && !Objects.equals(firstValues.get(key), values.get(key))) {
                changed.add(key);
            }
        }
        if (!now.holds().equals(first.holds())) {
            changed.add(HOLD);
        }
        return changed;
    }
}
