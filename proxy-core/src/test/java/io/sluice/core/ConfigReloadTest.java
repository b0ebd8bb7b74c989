// SPDX-License-Identifier: Apache-2.0
package io.sluice.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.core.account.AccountBook;
import io.sluice.core.config.ClientProof;
import io.sluice.core.config.ConfigFile;
import io.sluice.core.config.Secret;
import io.sluice.core.config.SluiceConfig;
import io.sluice.core.config.UserSettings;
import io.sluice.core.config.UserSettings.Passwords;
import io.sluice.core.view.ServerControl.Refused;
import io.sluice.core.view.UserList;
import io.sluice.routing.hostgroup.RoleNumbers;
import io.sluice.routing.rule.Rule;
import io.sluice.routing.rule.RuleSet;
import io.sluice.routing.rule.RuleSpec;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigReloadTest {
    private static final InetSocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 1);
    private static final String FIRST = """
        servers: [{address: db1}]
        users: [{name: app, password: one}]
        rules: [{rule_id: 1, match_digest: a}]
        monitor: {user: m}
        authentication: {passthrough: false}
        """;

    @TempDir
    private Path directory;

    private Servers servers;
    private Rules rules;
    private AccountBook accounts;
    private UserList users;
    private ConfigReload reload;
    private final List<SluiceConfig> taken = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        write(FIRST);
        ConfigFile file = ConfigFile.open(directory.resolve("sluice.yaml"), Map.of());
        SluiceConfig config = file.atStart();
        servers = new Servers(config.servers(), 10, 1);
        rules = new Rules(config.rules(), config.allHostgroups(), new EachLoop(new LiveState()));
        accounts = new AccountBook(config.users(), null, client -> null);
        users = new ListedUsers(config, accounts, rules);
        reload = new ConfigReload(file, servers, rules, users, taken::add);
    }

    @Test
    void rules_are_left_alone_where_only_passwords_change() throws Exception {
        RuleSet before = rules.set();
        write(FIRST.replace("one}", "two}"));
        reload.reload();
        assertThat(rules.set()).isSameAs(before);
        write(FIRST.replace("one}", "two, default_hostgroup: 0}"));
        reload.reload();
        assertThat(rules.set()).isNotSameAs(before);
        assertThat(rules.rules()).as("with their hits").isSameAs(before.rules());
    }

    @Test
    void what_the_file_says_now_is_put_in_force() throws Exception {
        write(FIRST.replace("db1}", "db1}, {address: db2}")
                        .replace("one}", "one}, {name: web, password: two, default_hostgroup: 1}")
                        .replace("rule_id: 1", "rule_id: 2")
                + "pool: {max_age: 7m}\nmysql: {threads: 3}\n");
        assertThat(reload.reload().restart()).containsExactly("mysql.threads");
        assertThat(taken).singleElement().satisfies(now -> {
            assertThat(now.pool().maxAge()).isEqualTo(Duration.ofMinutes(7));
            assertThat(now.mysql().threads()).as("counts after a restart").isZero();
        });
        assertThat(servers.servers()).hasSize(2);
        assertThat(rules.rules()).extracting(Rule::id).containsExactly(2);
        assertThat(accounts.find("web", CLIENT)).isNotNull();
        assertThat(rules.set().hostgroups().ofUser("web").toString()).contains("default");
        assertThat(users.users()).extracting(UserList.Entry::name).containsExactly("app", "web");
    }

    @Test
    void what_was_changed_and_saved_is_the_same_when_it_is_read_again() throws Exception {
        UserList.Entry app = users.users().get(0);
        UserSettings web = new UserSettings(
                "web",
                new ClientProof(new Passwords(new Secret("two"), null), List.of()),
                "web",
                null,
                0,
                "",
                UserSettings.Access.ANY);
        users.replace(List.of(app, new UserList.Entry(web, false, 1, "later")));
        rules.replace(List.of());
        ConfigFile.Saved saved = reload.save(false);
        assertThat(saved.now().rules()).isEmpty();
        assertThat(Files.readString(directory.resolve("sluice.yaml")))
                .contains("password: one")
                .doesNotContain("two");
        List<UserList.Entry> before = users.users();
        assertThat(reload.reload().config()).isEqualTo(saved.now());
        assertThat(users.users()).as("passwords stay known").isSameAs(before);
        write("servers: []");
        assertThatThrownBy(() -> reload.save(true)).isInstanceOf(Refused.class);
    }

    @Test
    void numbers_of_hostgroups_are_saved_and_read_again() throws Exception {
        rules.number(new RoleNumbers(10, 20, "shop"));
        RuleSpec first = rules.rules().get(0).spec();
        rules.replace(List.of(
                new RuleSpec(7, true, first.match(), null, new RuleSpec.Action(20, false, null, null), false, "")));
        reload.save(false);
        String text = Files.readString(directory.resolve("sluice.yaml"));
        assertThat(text).contains("""
            hostgroups:
              - id: 10
                name: shop
                role: source
              - id: 20
                name: shop
                role: replicas
            """);
        assertThat(reload.save(false).backup()).as("it says so already").isNull();
        assertThat(reload.reload().restart()).isEmpty();
        write(text.replace("20", "21"));
        assertThat(reload.reload().restart()).isEmpty();
        assertThat(rules.hostgroups().roles()).isEqualTo(new RoleNumbers(10, 21, "shop"));
        write(text.replace("hostgroups:", "hostgroups:\n  - {id: 5, members: db1}"));
        assertThat(reload.reload().restart()).anyMatch(key -> key.startsWith("hostgroups"));
    }

    @Test
    void where_the_database_counts_the_file_is_not_loaded() throws Exception {
        write(FIRST + "config: {mode: database}\nadmin: {database: a.db, users: [{name: a, password: a}]}\n");
        ConfigFile file = ConfigFile.open(directory.resolve("sluice.yaml"), Map.of());
        ConfigReload other = new ConfigReload(file, servers, rules, users, taken::add);
        assertThatThrownBy(other::reload)
                .hasMessageContaining("config.mode is database")
                .hasMessageContaining("LOAD MYSQL SERVERS FROM CONFIG");
    }

    @Test
    void users_who_are_not_active_by_the_file_cannot_log_in() throws Exception {
        write(FIRST.replace("one}", "one}, {name: web, password: two, active: false, comment: later}"));
        reload.reload();
        assertThat(users.users().get(1).active()).isFalse();
        assertThat(users.users().get(1).comment()).isEqualTo("later");
        assertThat(accounts.find("web", CLIENT)).isNull();
        SluiceConfig config = reload.read();
        AccountBook anew = new AccountBook(config.users(), null, client -> null);
        assertThat(new ListedUsers(config, anew, rules).users()).hasSize(2);
        assertThat(anew.find("web", CLIENT)).isNull();
        assertThat(anew.find("app", CLIENT)).isNotNull();
    }

    @Test
    void what_is_the_same_is_left_alone() throws Exception {
        Rule rule = rules.rules().get(0);
        Object account = accounts.find("app", CLIENT);
        reload.reload();
        assertThat(rules.rules().get(0)).isSameAs(rule);
        assertThat(accounts.find("app", CLIENT)).isSameAs(account);
    }

    @Test
    void a_broken_file_changes_nothing_and_says_why() throws Exception {
        refused(
                "servers: [{address: db2}]\nusers: [{name: b, password: b}]\nmonitor: {user: m}\npol: 1",
                "pol: is not");
        refused(
                FIRST.replace("match_digest: a", "match_digest: a, destination_hostgroup: 9")
                                .replace("one}", "one, default_hostgroup: 9}")
                                .replace("db1}", "db2}")
                        + "hostgroups: [{id: 9, members: db2}]\n",
                "rule 1 names hostgroup 9; user app has the default_hostgroup 9; hostgroups with members, and"
                        + " authentication, are read at a restart only");
        refused(
                FIRST.replace("{name: app, password: one}", "").replace("passthrough: false", "passthrough: true"),
                "no user is listed, so nobody could log in");
        assertThat(servers.servers()).hasSize(1);
        assertThat(accounts.find("app", CLIENT)).isNotNull();
    }

    @Test
    void users_that_cannot_be_are_refused_together() {
        UserList.Entry app = users.users().get(0);
        UserList.Entry astray = new UserList.Entry(app.settings(), false, 9, "");
        assertThatThrownBy(() -> users.replace(List.of(astray, astray)))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("user app is there twice")
                .hasMessageContaining("user app: default_hostgroup 9 is none")
                .hasMessageContaining("nobody could log in");
        assertThat(users.users()).containsExactly(app);
    }

    @Test
    void single_settings_change_until_the_file_is_read_again() throws Exception {
        reload.change(Map.of("mysql.max_clients", "7", "pool.max_age", "3m"));
        reload.change(Map.of("mysql.max_clients", "8"));
        assertThat(reload.settings().mysql().maxClients()).isEqualTo(8);
        assertThat(reload.settings().pool().maxAge()).isEqualTo(Duration.ofMinutes(3));
        assertThat(taken).hasSize(2).last().isSameAs(reload.settings());
        reload.change(Map.of("mysql.max_clients", "8"));
        assertThat(taken).as("of what is the same nobody is told").hasSize(2);
        reload.reload();
        assertThat(reload.settings().mysql().maxClients()).isEqualTo(10_000);
        assertThat(reload.settings().pool().maxAge()).isEqualTo(Duration.ofMinutes(30));
        assertThat(taken).hasSize(3);
        reload.reload();
        assertThat(taken).hasSize(3);
    }

    @Test
    void a_setting_that_cannot_be_changes_nothing() {
        assertThatThrownBy(() -> reload.change(Map.of("mysql.max_clients", "0", "pool.max_age", "3m")))
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith("mysql.max_clients: \"0\" is not a whole number");
        assertThat(reload.settings().pool().maxAge()).isEqualTo(Duration.ofMinutes(30));
        assertThat(taken).isEmpty();
    }

    private void refused(String text, String why) throws Exception {
        write(text);
        assertThatThrownBy(reload::reload).isInstanceOf(Refused.class).hasMessageContaining(why);
    }

    private void write(String text) throws Exception {
        Files.writeString(directory.resolve("sluice.yaml"), text);
    }
}
