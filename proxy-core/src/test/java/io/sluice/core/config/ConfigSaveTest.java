// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.config.ConfigFile.Saved;
import io.sluice.core.config.UserSettings.Access;
import io.sluice.core.config.UserSettings.Passwords;
import io.sluice.routing.rule.RuleSpec;
import io.sluice.routing.rule.Treatment;
import io.sluice.routing.topology.BackendAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in force, written into the file. */
final class ConfigSaveTest {
    private static final String FIRST = """
        # All about the shop.
        monitor: {user: m} # in one line
        servers: # two of them
          # The big one.
          - address: db1
            weight: 3 # heavy
            # It is in the cellar.
            zone: cellar
          # The small one.
          - address: db2:3307

        users:
        - name: app
          password: ${WORD}
          # not too many
          max_clients: 7
          from: [10.0.0.0/8, localhost]
        - {name: web, password_file: secret, hold: 1s} # flow
        rules: [{rule_id: 1, match_digest: "a, b"}, {rule_id: 2, match_digest: c}]
        # The end.
        """;

    @TempDir
    private Path directory;

    private ConfigFile open(String text) throws Exception {
        Files.writeString(directory.resolve("secret"), "hush");
        write(text);
        return ConfigFile.open(directory.resolve("sluice.yaml"), Map.of("WORD", "from-environment"));
    }

    private void write(String text) throws IOException {
        Files.writeString(directory.resolve("sluice.yaml"), text);
    }

    private String text() throws IOException {
        return Files.readString(directory.resolve("sluice.yaml"));
    }

    private static UserSettings user(String name, String password) {
        ClientProof proof = new ClientProof(new Passwords(new Secret(password), null), List.of());
        return new UserSettings(name, proof, name, null, 0, "", Access.ANY);
    }

    private static ServerSettings server(String address, int weight, String zone) {
        return new ServerSettings(BackendAddress.parse(address), weight, 100, zone);
    }

    private static RuleSpec rule(int id, @Nullable String digest, RuleSpec.Action action) {
        RuleSpec.Match match = new RuleSpec.Match(null, null, 0, null, null, null, null, digest, null, false, true);
        return new RuleSpec(id, true, match, null, action, false, "");
    }

    @Test
    void what_does_not_differ_is_not_written() throws Exception {
        ConfigFile file = open(FIRST);
        Saved saved = file.save(InForce.of(file.atStart()), false);
        assertThat(saved.backup()).isNull();
        assertThat(text()).isEqualTo(FIRST);
    }

    @Test
    void only_what_differs_is_written_anew() throws Exception {
        ConfigFile file = open(FIRST);
        InForce now = InForce.of(file.atStart());
        InForce.User app = now.users().get(0);
        InForce.User fewer = new InForce.User(
                new UserSettings(
                        "app",
                        app.settings().proof(),
                        "app",
                        null,
                        5,
                        "shop",
                        app.settings().access()),
                null,
                new Users.Remark(false, "on leave: see #7"));
        InForce.User web =
                new InForce.User(user("web", "new"), 1, now.users().get(1).remark());
        Saved saved = file.save(
                new InForce(
                        List.of(server("db1", 3, ""), server("db3", 0, "attic")),
                        List.of(fewer, web),
                        List.of(
                                now.rules().get(1),
                                rule(30, "^SELECT .* \"x\"", new RuleSpec.Action(1, true, null, null)))),
                false);
        assertThat(text()).isEqualTo("""
            # All about the shop.
            monitor: {user: m} # in one line
            servers: # two of them
              # The big one.
              - address: db1
                weight: 3 # heavy
                # It is in the cellar.
              # The small one.
              - address: db3:3306
                weight: 0
                zone: attic

            users:
            - name: app
              password: ${WORD}
              # not too many
              max_clients: 5
              from: [10.0.0.0/8, localhost]
              schema: shop
              active: false
              comment: "on leave: see #7"
            - name: web
              hold: 1s
              password_hash: "%s"
              default_hostgroup: 1
            rules:
              - rule_id: 2
                match_digest: c
              - rule_id: 30
                match_digest: "^SELECT .* \\"x\\""
                destination_hostgroup: 1
                unsafe: true
            # The end.
            """.formatted(
                        ConfigItem.hashes(user("", "new").proof()).get(0)));
        assertThat(Files.readString(backup(saved))).isEqualTo(FIRST);
        assertThat(saved.now().isActive("app")).isFalse();
        assertThat(file.isAsKnown()).isTrue();
        assertThat(file.read().restart()).isEmpty();
    }

    private static Path backup(Saved saved) {
        Path backup = saved.backup();
        if (backup == null) {
            throw new AssertionError("nothing was written");
        }
        return backup;
    }

    @Test
    void sections_that_are_not_there_are_added() throws Exception {
        ConfigFile file = open("monitor: {user: m}\nservers: [{address: db1}] # x\n");
        InForce.User web = new InForce.User(user("web", ""), null, Users.Remark.NONE);
        file.save(
                new InForce(
                        List.of(server("db1", 1, "")),
                        List.of(web),
                        List.of(rule(1, "a", new RuleSpec.Action(null, false, "no", null)))),
                false);
        assertThat(text()).isEqualTo("""
            monitor: {user: m}
            servers: [{address: db1}] # x
            users:
              - name: web
                password: ""
            rules:
              - rule_id: 1
                match_digest: a
                error_msg: no
            """);
    }

    @Test
    void the_shipped_file_takes_its_first_items() throws Exception {
        String shipped = Files.readString(Path.of("../conf/sluice.yaml")).replaceFirst("user: \"\"", "user: m");
        ConfigFile file = open(shipped.replaceFirst("(?m)^servers:", "servers:\n  - address: db1"));
        file.save(
                new InForce(
                        List.of(server("db2", 1, "")),
                        List.of(new InForce.User(user("web", "x"), null, Users.Remark.NONE)),
                        List.of(rule(1, "a", RuleSpec.Action.NONE))),
                false);
        assertThat(text())
                .contains("servers:\n  - address: db2:3306\n  # Host and port")
                .contains("users:\n  - name: web\n    password_hash: \"*")
                .contains("rules:\n  - rule_id: 1\n    match_digest: a\n  #- rule_id: 10")
                .hasLineCount((int) shipped.lines().count() + 5);
    }

    @Test
    void users_may_stand_in_a_mapping() throws Exception {
        ConfigFile file = open("""
            monitor: {user: m}
            users:
              passthrough: false
              list:
                - name: app
                  password: one
            servers:
            - address: db1
            """);
        InForce now = InForce.of(file.atStart());
        List<InForce.User> users = new ArrayList<>(now.users());
        users.add(new InForce.User(user("web", "x"), null, Users.Remark.NONE));
        file.save(new InForce(now.servers(), users, now.rules()), false);
        assertThat(text()).contains("      password: one\n    - name: web\n      password_hash: \"*");
        assertThat(file.read().config().authentication().passthrough()).isFalse();
    }

    @Test
    void a_file_that_somebody_has_changed_is_left_alone_unless_forced() throws Exception {
        ConfigFile file = open(FIRST);
        String theirs = FIRST.replace("# The end.", "pool: {max_age: 7m}");
        write(theirs);
        InForce now = InForce.of(file.atStart());
        InForce fewer = new InForce(now.servers().subList(0, 1), now.users(), now.rules());
        assertThatThrownBy(() -> file.save(fewer, false))
                .hasMessageContaining("was changed since it was read: LOAD CONFIG takes")
                .hasMessageContaining("SAVE CONFIG TO FILE FORCE");
        assertThat(text()).isEqualTo(theirs);
        assertThat(file.isAsKnown()).isFalse();
        file.accept(file.read());
        assertThat(file.isAsKnown()).isTrue();
        write(theirs + "\n");
        file.save(fewer, true);
        assertThat(text()).isEqualTo(theirs.replace("  - address: db2:3307\n", "") + "\n");
    }

    @Test
    void what_cannot_be_written_is_refused_and_nothing_is_left_behind() throws Exception {
        ConfigFile file = open(FIRST);
        InForce now = InForce.of(file.atStart());
        UserSettings app = now.users().get(0).settings();
        Passwords behind = new Passwords(new Secret("hidden"), null);
        UserSettings changed = new UserSettings("app", app.proof(), "app", behind, 7, "", app.access());
        InForce secret =
                new InForce(now.servers(), List.of(new InForce.User(changed, null, Users.Remark.NONE)), now.rules());
        assertThatThrownBy(() -> file.save(secret, false))
                .hasMessageContaining("user app has a backend_password, which is written to no file")
                .hasMessageNotContaining("hidden");
        write("{" + "servers: [{address: db1}], monitor: {user: m}}");
        assertThatThrownBy(() -> file.save(now, true)).hasMessageContaining("was not written");
        write("servers: [}");
        assertThatThrownBy(() -> file.save(now, true)).hasMessageContaining("not valid YAML");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).extracting(path -> path.getFileName().toString()).containsOnly("secret", "sluice.yaml");
        }
    }

    private static InForce with(ConfigFile file, Map<String, String> settings) {
        InForce now = InForce.of(file.atStart());
        return new InForce(now.servers(), now.users(), now.rules(), settings, null);
    }

    @Test
    void settings_that_were_changed_are_written_where_they_are_or_belong() throws Exception {
        ConfigFile file = open("""
            servers: [{address: db1}]
            monitor: {user: m, timeout: 2s} # in one line
            mysql:
              # How many.
              max_clients: 10 # not more
              tls: {mode: disabled}
              # Below.
            pool:
            backend: {}
            log:
              queries:
                file: q.log
            failover:
              hold: 10s   # as long as it takes
            # The end.
            """);
        Map<String, String> settings = Map.ofEntries(
                Map.entry("monitor.interval", "100ms"),
                Map.entry("monitor.timeout", "500ms"),
                Map.entry("mysql.max_clients", "20"),
                Map.entry("mysql.idle_timeout", "1h"),
                Map.entry("mysql.server_version", "8.0.36 \"ours\""),
                Map.entry("pool.max_age", "7m"),
                Map.entry("backend.connect_timeout", "3s"),
                Map.entry("log.queries.slow", "2s"),
                Map.entry("failover.hold", "5s"),
                Map.entry("routing.causal_wait", "20ms"),
                Map.entry("mysql.handshake_timeout", "10s"));
        Saved saved = file.save(with(file, settings), false);
        assertThat(text()).isEqualTo("""
            servers: [{address: db1}]
            monitor: {user: m, timeout: 500ms, interval: 100ms} # in one line
            mysql:
              # How many.
              max_clients: 20 # not more
              tls: {mode: disabled}
              idle_timeout: 1h
              server_version: "8.0.36 \\"ours\\""
              # Below.
            pool:
              max_age: 7m
            backend: {connect_timeout: 3s}
            log:
              queries:
                file: q.log
                slow: 2s
            failover:
              hold: 5s   # as long as it takes
            routing:
              causal_wait: 20ms
            # The end.
            """);
        assertThat(saved.now().mysql().maxClients()).isEqualTo(20);
        assertThat(file.save(with(file, settings), false).backup()).isNull();
    }

    @Test
    void a_setting_of_a_section_that_is_not_there_is_written_with_it() throws Exception {
        for (String log : List.of("", "log:\n", "log: {}\n", "log: {queries: {}}\n", "log: {queries: }\n")) {
            ConfigFile file = open(log + "servers: [{address: db1}]\nmonitor: {user: m}\n");
            Saved saved = file.save(with(file, Map.of("log.queries.slow", "2s", "log.queries.one_in", "7")), false);
            assertThat(saved.now().log().queries().oneIn()).as(text()).isEqualTo(7);
            assertThat(saved.now().log().queries().slow()).as(text()).hasSeconds(2);
        }
    }

    @Test
    void mode_and_symbolic_links_stay() throws Exception {
        Path real = Files.createDirectory(directory.resolve("real")).resolve("conf.yaml");
        Files.writeString(real, "monitor: {user: m}\nservers: [{address: db1}]\n");
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        Path link = Files.createSymbolicLink(directory.resolve("link.yaml"), real);
        ConfigFile file = ConfigFile.open(link, Map.of());
        Saved saved = file.save(new InForce(List.of(server("db2", 1, "")), List.of(), List.of()), false);
        assertThat(link).isSymbolicLink();
        assertThat(Files.readString(real)).contains("db2");
        assertThat(backup(saved)).isEqualTo(real.resolveSibling("conf.yaml.bak"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real)))
                .isEqualTo("rw-r-----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup(saved))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void what_is_saved_reads_back_the_same() throws Exception {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        Random random = new Random(seed);
        ConfigFile file = open(FIRST);
        for (int i = 0; i < 200; i++) {
            InForce wanted = new InForce(servers(random), users(random), rules(random));
            file.save(wanted, false);
            assertThat(ConfigEdit.differences(file.read().config(), wanted))
                    .as("seed %d, step %d%n%s", seed, i, text())
                    .isEmpty();
        }
    }

    private static List<ServerSettings> servers(Random random) {
        List<ServerSettings> servers = new ArrayList<>();
        for (int i = random.nextInt(3); i < 4; i++) {
            String zone = random.nextBoolean() ? "" : odd(random);
            servers.add(new ServerSettings(
                    BackendAddress.parse("db" + i), random.nextInt(3), 99 + random.nextInt(3), zone));
        }
        return servers;
    }

    private static List<InForce.User> users(Random random) {
        List<InForce.User> users = new ArrayList<>();
        for (int i = random.nextInt(4); i < 3; i++) {
            UserSettings one = user(i == 0 ? "app" : "u" + odd(new Random(i)), random.nextBoolean() ? "" : odd(random));
            users.add(new InForce.User(
                    new UserSettings(
                            one.name(), one.proof(), one.name(), null, random.nextInt(3), odd(random), Access.ANY),
                    random.nextBoolean() ? null : random.nextInt(2),
                    new Users.Remark(random.nextInt(3) > 0, odd(random))));
        }
        return users;
    }

    private static List<RuleSpec> rules(Random random) {
        List<RuleSpec> rules = new ArrayList<>();
        for (int i = 1; i < 5; i++) {
            if (random.nextBoolean()) {
                RuleSpec.Match match = new RuleSpec.Match(
                        maybe(random),
                        maybe(random),
                        random.nextInt(2),
                        maybe(random),
                        null,
                        6033,
                        "1f",
                        null,
                        "a" + i,
                        random.nextBoolean(),
                        random.nextBoolean());
                Treatment.Multiplex multiplex = Treatment.Multiplex.values()[random.nextInt(3)];
                Treatment treatment = new Treatment(1 + random.nextInt(9), null, 3, multiplex, random.nextBoolean());
                RuleSpec.Action action = new RuleSpec.Action(
                        random.nextInt(2), random.nextBoolean(), maybe(random), null, null, false, treatment);
                rules.add(new RuleSpec(
                        i, random.nextBoolean(), match, random.nextInt(3), action, random.nextBoolean(), odd(random)));
            }
        }
        return rules;
    }

    private static @Nullable String maybe(Random random) {
        return random.nextBoolean() ? null : odd(random);
    }

    /** A text with what YAML and references to the environment are made of. */
    private static String odd(Random random) {
        String signs = "ab:#'\"\\ -{}[],&*?|>%@`~\n\t\u00e9\u2028\ud83d\ude00$!null0";
        int[] points = signs.codePoints().toArray();
        StringBuilder text = new StringBuilder("x");
        for (int i = random.nextInt(8); i > 0; i--) {
            text.appendCodePoint(points[random.nextInt(points.length)]);
        }
        return text.toString().replace("${", "{");
    }
}
