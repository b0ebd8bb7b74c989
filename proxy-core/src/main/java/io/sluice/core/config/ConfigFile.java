// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The file of the configuration: as it was at the start, and as it is whenever it is read again. Thread-safe. */
public final class ConfigFile {
    /** The single settings that can be changed while Sluice runs. */
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
    /** Of the text that was put in force last, or written. */
    private String known;

    /**
     * The file as it is now.
     *
     * @param changeable the texts of the settings that can change while Sluice runs, by their keys
     * @param restart the keys whose new values count after a restart only
     * @param fingerprint of its text
     */
    public record Version(
            SluiceConfig config, Map<String, String> changeable, List<String> restart, String fingerprint) {}

    /**
     * What was written.
     *
     * @param backup the file as it was before; null if there was nothing to write
     */
    public record Saved(
            SluiceConfig before, SluiceConfig now, @Nullable Path backup) {}

    private ConfigFile(
            Path path,
            Map<String, String> environment,
            String firstText,
            SluiceConfig first,
            Map<String, Object> firstValues,
            String known) {
        this.path = path;
        this.environment = environment;
        this.firstText = firstText;
        this.first = first;
        this.firstValues = firstValues;
        this.known = known;
    }

    /**
     * Reads it for the first time. Blocks.
     *
     * @throws ConfigException with all mistakes
     */
    public static ConfigFile open(Path path, Map<String, String> environment) throws ConfigException {
        Reading reading = SluiceConfig.reading(path, environment, Map.of());
        String text = SluiceConfig.text(path);
        return new ConfigFile(
                path, environment, text, SluiceConfig.load(reading, text), reading.values, fingerprint(text));
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
        String text = SluiceConfig.text(path);
        SluiceConfig now = SluiceConfig.load(reading, text);
        return new Version(now, Map.copyOf(reading.changeable), restart(now, reading.values), fingerprint(text));
    }

    /** That is in force now. */
    public synchronized void accept(Version version) {
        known = version.fingerprint();
    }

    /**
     * Whether the file is still what was put in force or written last. Blocks.
     *
     * @throws ConfigException if it cannot be read
     */
    public synchronized boolean isAsKnown() throws ConfigException {
        return fingerprint(SluiceConfig.text(path)).equals(known);
    }

    /**
     * Writes what is in force: into the file as it is, of which nothing else is changed. Blocks.
     *
     * @param force whether even a file is written that somebody has changed since it was put in force
     * @throws ConfigException if the file has mistakes
     * @throws IOException if it is not written; the message says why, and what helps
     */
    public synchronized Saved save(InForce wanted, boolean force) throws ConfigException, IOException {
        String text = SluiceConfig.text(path);
        if (!force && !fingerprint(text).equals(known)) {
            throw new IOException(path + " was changed since it was read: LOAD CONFIG takes what it says, in place of"
                    + " what is in force (SLUICE DIFF shows where they differ); SAVE CONFIG TO FILE FORCE writes what is"
                    + " in force into it and leaves the rest as it is there now");
        }
        Reading reading = SluiceConfig.reading(path, environment, Map.of());
        SluiceConfig before = SluiceConfig.load(reading, text);
        Map<String, Object> values = wanted.settings().isEmpty() ? reading.values : valuesWith(wanted.settings(), text);
        Map<String, String> settings = new TreeMap<>(wanted.settings());
        settings.keySet().removeIf(key -> Objects.equals(values.get(key), reading.values.get(key)));
        String next = ConfigEdit.text(path.toString(), text, before, wanted, settings);
        SluiceConfig now = readAgain(next, wanted, before, values);
        Path backup = next.equals(text) ? null : FileReplacement.replace(path, next);
        known = fingerprint(next);
        return new Saved(before, now, backup);
    }

    private Map<String, Object> valuesWith(Map<String, String> settings, String text) throws ConfigException {
        Reading reading = SluiceConfig.reading(path, environment, settings);
        SluiceConfig.load(reading, text);
        return reading.values;
    }

    /** What was made is only written if it says what it should, and of all else what was said before: these values. */
    private SluiceConfig readAgain(String text, InForce wanted, SluiceConfig before, Map<String, Object> values)
            throws IOException {
        Reading reading = SluiceConfig.reading(path, environment, Map.of());
        List<String> wrong;
        SluiceConfig now = null;
        try {
            now = SluiceConfig.load(reading, text);
            wrong = ConfigEdit.differences(now, wanted);
            Set<String> others = differing(values, reading.values);
            if (sameMembers(before, now)) {
                others.removeIf(ConfigFile::isOfHostgroups);
            }
            wrong.addAll(others);
        } catch (ConfigException mistakes) {
            wrong = List.of(String.valueOf(mistakes.getMessage()));
        }
        if (now == null || !wrong.isEmpty()) {
            throw new IOException(path + " was not written, since it would not say what is in force: "
                    + String.join("; ", wrong) + "; write this yourself, then LOAD CONFIG");
        }
        return now;
    }

    /** The same for the same text, and for no other: SHA-256 in hex digits. */
    public static String fingerprint(String text) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }

    private List<String> restart(SluiceConfig now, Map<String, Object> values) {
        List<String> changed = new ArrayList<>(differing(firstValues, values));
        changed.removeIf(ConfigFile::isChangeable);
        if (sameMembers(first, now)) {
            changed.removeIf(ConfigFile::isOfHostgroups);
        }
        if (!now.holds().equals(first.holds())) {
            changed.add(HOLD);
        }
        return changed;
    }

    private static boolean isOfHostgroups(String key) {
        return key.startsWith("hostgroups");
    }

    /** Whether hostgroups differ in no more than what the source and the replicas are counted in. */
    private static boolean sameMembers(SluiceConfig one, SluiceConfig other) {
        return Objects.equals(
                        one.allHostgroups().ofReplicas().maxLag(),
                        other.allHostgroups().ofReplicas().maxLag())
                && withMembers(one).equals(withMembers(other));
    }

    private static List<HostgroupSettings> withMembers(SluiceConfig config) {
        return config.hostgroups().stream()
                .filter(hostgroup -> hostgroup.role() == HostgroupSettings.ServerRole.MEMBERS)
                .toList();
    }

    /** The keys whose values are not the same. */
    private static Set<String> differing(Map<String, Object> before, Map<String, Object> after) {
        Set<String> all = new TreeSet<>(before.keySet());
        all.addAll(after.keySet());
        all.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
        return all;
    }
}
