// SPDX-License-Identifier: Apache-2.0
package io.sluice.it.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.drill.server.Await;
import io.sluice.drill.server.SluiceProcess;
import io.sluice.drill.server.SluiceSettings;
import io.sluice.it.Endpoint;
import io.sluice.it.Lab;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The configuration's file, changed while Sluice runs. */
class ReloadIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static SluiceSettings settings;
    private static SluiceProcess sluice;
    private static Path file;
    private static Endpoint admin;

    @BeforeAll
    static void start() {
        settings = Lab.settings(Lab.topology()).admin("admin", "admin");
        Path home = Lab.newHome("reload");
        sluice = SluiceProcess.start(settings, home);
        file = home.resolve("sluice.yaml");
        admin = new Endpoint("admin", settings.adminPort(), Lab.flavor());
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void a_hangup_and_load_config_put_the_file_in_force() throws Exception {
        try (Connection open = Lab.of(sluice).connect()) {
            settings.user("behind", Map.of("password", "front", "backend_user", "app", "backend_password", "app"));
            settings.set("pool.max_age", "17m");
            settings.set("routing.zone", "here");
            write(settings.toYaml());
            hangUp();
            Await.until("the new user may log in", SOON, () -> {
                try (Connection late = Lab.of(sluice).connectAs("behind", "front", "")) {
                    return one(late, "SELECT CURRENT_USER()").startsWith("app@");
                }
            });
            assertThat(sluice.log())
                    .contains("event=config_reloaded")
                    .contains("settings=changed needs_restart=\"routing.zone\"")
                    .contains("event=admin_audit admin= client=SIGHUP");
            write(settings.toYaml() + "\nunheard_of: 1\n");
            hangUp();
            Await.until("the mistake is told", SOON, () -> sluice.log().contains("unheard_of: is not a known key"));
            assertThatThrownBy(() -> load()).hasMessageContaining("nothing was changed: ");
            write(settings.toYaml());
            assertThat(load()).isEqualTo("nothing differs");
            assertThat(one(open, "SELECT 1")).isEqualTo("1");
        }
    }

    private static String load() throws SQLException {
        try (Connection connection = admin.connectAs("admin", "admin", "");
                Statement statement = connection.createStatement()) {
            statement.execute("LOAD CONFIG"); // which the driver takes for one without rows
            try (ResultSet rows = statement.getResultSet()) {
                rows.next();
                return rows.getString(2);
            }
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void write(String yaml) throws IOException {
        Files.writeString(file, yaml);
    }

    private static void hangUp() throws Exception {
        new ProcessBuilder("kill", "-HUP", Long.toString(sluice.pid())).start().waitFor();
    }
}
