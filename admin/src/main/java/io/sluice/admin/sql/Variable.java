// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin.sql;

import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.SluiceConfig;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A variable of the admin port, which is a setting of the configuration file under another name.
 *
 * @param name as in global_variables
 * @param key of the setting; empty if there is none
 * @param value what it is, by the settings
 * @param remedy what to do for another value, where it cannot be changed
 */
record Variable(String name, String key, Unit unit, Function<SluiceConfig, @Nullable Object> value, String remedy) {
    static final String HIDDEN = "***";

    /** How a value is written, here and in the file. */
    enum Unit {
        NUMBER("", "write a whole number"),
        MILLIS("ms", "write a whole number of milliseconds"),
        BYTES("B", "write a whole number of bytes"),
        FLAG("", "write true or false"),
        TEXT("", "");

        private final String inFile;
        private final String form;

        Unit(String inFile, String form) {
            this.inFile = inFile;
            this.form = form;
        }
    }

    static Variable of(String name, String key, Unit unit, Function<SluiceConfig, @Nullable Object> value) {
        return new Variable(name, key, unit, value, "change " + key + " in the configuration file, and restart");
    }

    /** One that says what always is so. */
    static Variable fixed(String name, Unit unit, String value, String remedy) {
        return new Variable(name, "", unit, config -> value, remedy);
    }

    boolean isChangeable() {
        return ConfigFile.isChangeable(key);
    }

    String shown(SluiceConfig settings) {
        Object now = value.apply(settings);
        if (now == null) {
            return "";
        }
        return now instanceof Duration duration ? Long.toString(duration.toMillis()) : now.toString();
    }

    /** The same for all ways in which a value may be written; one that cannot be is a problem. */
    String canonical(String written, List<String> problems) {
        String text = unit == Unit.TEXT ? written : written.trim().toLowerCase(Locale.ROOT);
        return switch (unit) {
            case TEXT -> text;
            case FLAG -> {
                if (!text.matches("true|false|1|0")) {
                    problems.add(name + " is '" + written + "'; " + unit.form);
                }
                yield text.equals("1") || text.equals("true") ? "true" : "false";
            }
            case NUMBER, MILLIS, BYTES -> {
                if (!text.matches("\\d{1,18}")) {
                    problems.add(name + " is '" + written + "'; " + unit.form);
                    yield text;
                }
                yield Long.toString(Long.parseLong(text));
            }
        };
    }

    /** As the configuration file has it. */
    String inFile(String canonical) {
        return canonical + unit.inFile;
    }
}
