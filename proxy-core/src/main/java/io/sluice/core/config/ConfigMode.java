// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import java.util.Locale;

/** Where servers, users, rules and the settings that can change come from at the start. */
public enum ConfigMode implements Keyword {
    /** From the file. */
    FILE,
    /** From admin.database, which the file fills only where nothing was saved. */
    DATABASE;

    @Override
    public String keyword() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ConfigMode read(Section section) {
        return section.get(Key.choice(
                "mode",
                FILE,
                ConfigMode.class,
                "Which one is the truth at a start for servers, users, rules and the settings that can change: this file,"
                        + " or admin.database."));
    }
}
