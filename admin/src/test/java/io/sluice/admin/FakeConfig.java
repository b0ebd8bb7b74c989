// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.view.ConfigControl;
import io.sluice.core.view.ServerControl.Refused;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A file that says what a test wants. */
final class FakeConfig implements ConfigControl {
    volatile SluiceConfig config;
    volatile @Nullable String mistakes;
    volatile int reloads;
    /** What was changed last. */
    volatile Map<String, String> changed = Map.of();

    FakeConfig(SluiceConfig config) {
        this.config = config;
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
    public ConfigFile.Version reload() throws Refused {
        SluiceConfig now = read();
        reloads++;
        return new ConfigFile.Version(now, Map.of(), List.of("mysql.threads"));
    }

    @Override
    public SluiceConfig settings() {
        return config;
    }

    @Override
    public void change(Map<String, String> texts) throws Refused {
        changed = new TreeMap<>(texts);
    }
}
