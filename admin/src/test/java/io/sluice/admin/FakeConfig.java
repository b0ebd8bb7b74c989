// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.config.ConfigException;
import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ConfigControl;
import io.sluice.core.view.ServerControl.Refused;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A file that says what a test wants. */
final class FakeConfig implements ConfigControl {
    volatile SluiceConfig config;
    volatile @Nullable String mistakes;
    volatile int reloads;
    private final SluiceConfig first;
    /** Checks what is changed; null for a test that changes nothing. */
    volatile @Nullable ConfigFile real;
    /** What is in force. */
    volatile SluiceConfig next;

    private volatile SluiceConfig settings;

    FakeConfig(SluiceConfig config) {
        this.config = config;
        this.next = config;
        this.first = config;
        this.settings = config;
    }

    @Override
    public SluiceConfig read() throws Refused {
        String wrong = mistakes;
        if (wrong != null) {
            throw new Refused(wrong);
        }
        return config;
    }

    @Override
    public Path path() {
        return Path.of("sluice.yaml");
    }

    @Override
    public boolean isAsKnown() throws Refused {
        return read() == first;
    }

    @Override
    public ConfigFile.Version reload() throws Refused {
        SluiceConfig now = read();
        reloads++;
        return new ConfigFile.Version(now, Map.of(), List.of("mysql.threads"), "");
    }

    @Override
    public ConfigFile.Saved save(boolean force) throws Refused {
        if (mistakes != null && !force) {
            throw new Refused(String.valueOf(mistakes));
        }
        return new ConfigFile.Saved(config, next, Path.of("sluice.yaml.bak"));
    }

    @Override
    public SluiceConfig settings() {
        return settings;
    }

    @Override
    public void change(Map<String, String> texts) throws Refused {
        try {
            settings = Objects.requireNonNull(real).with(texts);
        } catch (ConfigException mistakes) {
            throw new Refused(mistakes.problems().get(0).path() + ": "
                    + mistakes.problems().get(0).wrong());
        }
    }
}
