// SPDX-License-Identifier: Apache-2.0
package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class MainTest {
    private static final String VALID = """
            servers: [{address: db1}]
            users: [{name: app, password: hush}]
            monitor: {user: m}
            """;

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void check_tells_a_good_configuration_without_its_secrets() throws IOException {
        assertThat(run("check", "-c", config(VALID))).isZero();
        assertThat(out.toString())
                .startsWith("configuration ok")
                .contains("db1:3306", "app")
                .doesNotContain("hush");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void check_tells_all_mistakes_and_exits_with_2() throws IOException {
        assertThat(run("check", "-c", config("pol: 1\nmonitor: {user: m}\nauthentication: {passthrough: false}")))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("pol: is not a known key; did you mean pool?", "names no MySQL server", "names no user")
                .endsWith("the configuration has 3 problems" + System.lineSeparator());
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void a_misspelt_command_or_option_is_answered_with_the_nearest() {
        assertThat(run("chekc")).isEqualTo(2);
        assertThat(err.toString()).contains("check");
        assertThat(run("check", "--confg=x")).isEqualTo(2);
        assertThat(err.toString()).contains("--config");
    }

    @Test
    void run_names_the_key_of_a_port_in_use() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String listen = "127.0.0.1:" + taken.getLocalPort();
            assertThat(run(
                            "run",
                            "-c",
                            config(VALID + "mysql: {listen: '127.0.0.1:0'}\nadmin: {listen: '127.0.0.1:0'}\n"
                                    + "http: {listen: '" + listen + "'}")))
                    .isEqualTo(1);
            assertThat(err.toString()).contains("http.listen: cannot listen on " + listen + ": the port is in use");
        }
    }

    @Test
    void run_exits_with_2_on_mistakes() throws IOException {
        assertThat(run("run", "-c", config("x: y"))).isEqualTo(2);
    }

    @Test
    void explain_shows_destination_and_reason() throws IOException {
        Path file = Files.writeString(directory.resolve("s.sql"), "UPDATE t SET a = 1\n\n");
        assertThat(run("explain", "--format", "tsv", "--file", file.toString(), "SELECT 1"))
                .isZero();
        assertThat(out.toString().lines().toList())
                .hasSize(3)
                .first()
                .isEqualTo("class\tpin\tdestination\treason\tdigest\tsql");
        assertThat(out.toString()).contains("R\t\treplica\t", "W\t\tsource\t");
        assertThat(run("explain")).isEqualTo(2);
    }

    @Test
    void explain_shows_what_a_statement_touches() {
        assertThat(run("explain", "INSERT INTO s.t SELECT f(@a) FROM u JOIN v WHERE x = 'SELECT'", "SELEC 1"))
                .isZero();
        assertThat(out.toString().lines().map(String::strip))
                .contains("reads        u v", "writes       s.t", "calls        f", "variables    a")
                .contains("structure    not parsed, or not understood");
    }

    @Test
    void explain_goes_by_the_rules_of_a_configuration() throws IOException {
        Path config = Files.writeString(directory.resolve("rules.yaml"), """
                servers: [{address: a}, {address: b}]
                monitor: {user: m, password: p}
                hostgroups: [{id: 5, name: reports, members: b}]
                rules:
                  - {rule_id: 1, username: app, schemaname: shop, match_digest: FROM sales, destination_hostgroup: 5}
                  - {rule_id: 2, match_pattern: "FROM old_", replace_pattern: "FROM ", comment: renames}
                  - {rule_id: 3, match_digest: FROM secret, error_msg: no}
                limits: [{name: few, user: app, concurrency: 3}]
                """);
        assertThat(run("explain", "-c", config.toString(), "--user=app", "--schema=shop", "SELECT a FROM sales"))
                .isZero();
        assertThat(out.toString())
                .contains(
                        "rule 1 hostgroup 5 (reports)", "replica", "limits       few (at most 3 at once, of user app)");
        run("explain", "-c", config.toString(), "SELECT a FROM old_t FOR UPDATE", "SELECT a FROM secret");
        assertThat(out.toString())
                .contains(
                        "rules        rule 2 (renames)",
                        "rewritten    SELECT a FROM t FOR UPDATE",
                        "answered     error: no");
        assertThat(run("explain", "-c", "nowhere.yaml", "SELECT 1")).isEqualTo(2);
    }

    @Test
    void explain_goes_by_the_sessions_settings_and_the_servers_version() {
        String sql = "SELECT JSON_DETAILED(a) FROM t"; // built into MariaDB alone
        assertThat(run("explain", "--format=json", "--server-version", "10.11.6-MariaDB", sql))
                .isZero();
        assertThat(out.toString()).startsWith("{\"sql\":\"" + sql + "\",\"class\":\"R\",\"destination\":\"replica\"");
        assertThat(run("explain", "--format=tsv", "--server-version=9.7.4", sql))
                .isZero();
        assertThat(out.toString()).contains("\nW\t");
        assertThat(run("explain", "--sql-mode", "ANSI_QUOTES", "SELECT \"f\"(1)"))
                .isZero();
        assertThat(out.toString()).contains("  class        W");
        assertThat(run("explain", "--server-version", "new", "SELECT 1")).isEqualTo(2);
    }

    @Test
    void drill_says_which_options_go_together() {
        assertThat(run("drill", "--i-know")).isEqualTo(2);
        assertThat(err.toString()).contains("--i-know needs -c FILE, --user NAME and --schema NAME");
        assertThat(run("drill", "--kill-command", "x")).isEqualTo(2);
        assertThat(err.toString()).contains("are about servers that you have: add --i-know");
        assertThat(run("drill", "--writers", "0")).isEqualTo(2);
        assertThat(run("drill", "--mysqld", "/nowhere/mysqld")).isEqualTo(2);
        assertThat(err.toString()).contains("/nowhere/mysqld is not an executable file");
    }

    @Test
    void version_and_completion_answer() {
        assertThat(run("version")).isZero();
        assertThat(out.toString()).matches("(?s)sluice \\d+\\.\\d+\\.\\d+\\S* \\(commit \\S+\\)\\R.*");
        assertThat(run("completion")).isZero();
        assertThat(out.toString()).contains("complete -F");
        assertThat(run("help", "run")).isZero();
    }

    private int run(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out, true));
        commandLine.setErr(new PrintWriter(err, true));
        return commandLine.execute(arguments);
    }

    private String config(String text) throws IOException {
        return Files.writeString(directory.resolve("sluice.yaml"), text).toString();
    }
}
