// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds the shipped sluice.yaml and its reference against the keys that the code declares. */
final class ShippedFileTest {
    private final String shipped = shipped();

    @Test
    void the_shipped_file_is_exactly_the_defaults() {
        assertThat(Configurations.read(shipped)).isEqualTo(SluiceConfig.defaults());
    }

    @Test
    void the_shipped_file_shows_every_key_and_its_examples_work() {
        String uncommented = shipped.replaceAll("(?m)^( *)#(?=[-a-zO])", "$1")
                .replaceAll("(?m)^ *(\\w+_)?password_file: /run/.*\n", "")
                .replace("client_ca: \"\"", "client_ca: " + anyFile()); // which require_subject wants
        Reading reading = Configurations.reading(uncommented);
        assertThat(reading.problems).isEmpty();
        assertThat(SluiceConfig.keys())
                .map(KeyDescription::path)
                .filteredOn(path -> !path.endsWith("password_file"))
                .isSubsetOf(reading.given.keySet());
        assertThat(shipped.split("#password_file: ", -1))
                .as("one for each kind of user")
                .hasSize(4);
    }

    @Test
    void the_reference_lists_every_key_with_its_default() throws IOException {
        List<String> rows = SluiceConfig.keys().stream()
                .map(key -> "| `" + key.path() + "` | `" + key.initial() + "` | " + key.meaning() + " |")
                .toList();
        assertThat(Files.readAllLines(Path.of("../conf/README.md")))
                .filteredOn(line -> line.startsWith("| `"))
                .containsExactlyInAnyOrderElementsOf(rows);
    }

    private static Path anyFile() {
        return Path.of("pom.xml").toAbsolutePath();
    }

    private static String shipped() {
        try (InputStream in = ShippedFileTest.class.getResourceAsStream("/io/sluice/conf/sluice.yaml")) {
            if (in == null) {
                throw new AssertionError("sluice.yaml is not on the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
