// SPDX-License-Identifier: Apache-2.0
package io.sluice.routing.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.routing.sql.LexContext;
import io.sluice.routing.sql.Statement;
import io.sluice.routing.sql.StatementClass;
import io.sluice.routing.sql.StatementClassifier;
import io.sluice.routing.sql.Structures;
import io.sluice.routing.topology.ServerVersion;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FunctionCatalogueTest {
    private static final ServerVersion VERSION = ServerVersion.parse("9.7.4");
    private static final LexContext CONTEXT = LexContext.DEFAULT.withVersion(VERSION);

    private static final String HEAD = "CREATE FUNCTION `any`(a INT) RETURNS INT ";

    private final FunctionCatalogue catalogue = new FunctionCatalogue();
    private final StatementClassifier classifier = new StatementClassifier(64, new Structures(Runnable::run, 1 << 20));
    private final List<StoredFunction> functions = new ArrayList<>();

    private static StoredFunction function(String schema, String name, String body) {
        return new StoredFunction(schema, name, HEAD + body, true, "CONTAINS SQL", "", false);
    }

    private void know(StoredFunction... more) {
        functions.addAll(List.of(more));
        learn();
    }

    private void learn() {
        catalogue.learn(catalogue.changes(), VERSION, functions, Set.of(), Set.of());
    }

    private Statement judge(String sql, String schema) {
        return catalogue.judge(classify(sql), schema);
    }

    private Statement classify(String sql) {
        byte[] text = sql.getBytes(StandardCharsets.UTF_8);
        return classifier.classify(text, 0, text.length, CONTEXT);
    }

    private boolean isRead(String sql) {
        return judge(sql, "app").statementClass() == StatementClass.R;
    }

    @Test
    void a_call_is_a_read_once_the_function_is_known_to_read_only() {
        String sql = "SELECT f(a) FROM t";
        assertThat(judge(sql, "app").statementClass()).isEqualTo(StatementClass.W);
        know(function("app", "F", "RETURN (SELECT v FROM u WHERE id = a)"));
        assertThat(judge(sql, "app").statementClass()).isEqualTo(StatementClass.R);
        assertThat(judge(sql, "app")).isSameAs(judge("SELECT f(a)  FROM t", "app"));
        assertThat(judge(sql, "app").digest()).isEqualTo(classify(sql).digest());
    }

    @Test
    void names_mean_what_they_mean_in_the_sessions_schema() {
        know(function("app", "f", "RETURN 1"), function("other", "g", "RETURN 1"));
        assertThat(isRead("SELECT F(1), `f`(2), app.f(3), other.G(4)")).isTrue();
        assertThat(isRead("SELECT g(1)")).isFalse();
        assertThat(isRead("SELECT other.f(1)")).isFalse();
        assertThat(judge("SELECT f(1)", "other").statementClass()).isEqualTo(StatementClass.W);
        assertThat(judge("SELECT f(1)", null).statementClass()).isEqualTo(StatementClass.W);
        assertThat(judge("SELECT app.f(1)", null).statementClass()).isEqualTo(StatementClass.R);
    }

    @Test
    void all_functions_of_a_statement_must_be_trusted_and_nothing_else_must_make_it_a_write() {
        know(function("app", "f", "RETURN 1"), function("app", "w", "BEGIN DELETE FROM t; RETURN 1; END"));
        assertThat(isRead("SELECT f(1), w(1)")).isFalse();
        assertThat(isRead("SELECT f(w(1))")).isFalse();
        assertThat(isRead("SELECT f(1) FOR UPDATE")).isFalse();
        assertThat(isRead("SELECT f(1), GET_LOCK('a', 1)")).isFalse();
        assertThat(isRead("SELECT f(@@server_id)")).isFalse();
        assertThat(isRead("INSERT INTO t SELECT f(1)")).isFalse();
        assertThat(isRead("DO f(1)")).isFalse();
    }

    @Test
    void what_is_built_in_or_loaded_goes_before_a_stored_function_of_that_name() {
        know(function("app", "get_lock", "RETURN 1"), function("app", "loaded", "RETURN 1"));
        catalogue.learn(catalogue.changes(), VERSION, functions, Set.of("loaded"), Set.of());
        assertThat(isRead("SELECT `get_lock`('a', 1)")).isFalse();
        assertThat(isRead("SELECT loaded(1)")).isFalse();
        assertThat(isRead("SELECT app.loaded(1)")).isTrue();
        catalogue.learn(catalogue.changes(), VERSION, functions, null, Set.of("app"));
        assertThat(isRead("SELECT loaded(1)"))
                .as("loadable functions are not known")
                .isFalse();
        assertThat(isRead("SELECT app.loaded(1)")).as("a package").isFalse();
    }

    @Test
    void what_a_function_calls_must_be_trusted_too_wherever_it_is() {
        know(
                function("app", "outermost", "RETURN outer_one(1)"),
                function("app", "outer_one", "RETURN inner_one(1) + other.far(2)"),
                function("app", "inner_one", "RETURN 1"),
                function("other", "far", "RETURN near_far()"),
                function("other", "near_far", "RETURN 2"),
                function("app", "near_far", "BEGIN DELETE FROM t; RETURN 1; END"),
                function("app", "calls_writer", "RETURN near_far()"),
                function("app", "calls_unknown", "RETURN nobody()"),
                function("app", "calls_itself", "RETURN calls_itself()"));
        assertThat(isRead("SELECT outermost(1)")).isTrue();
        assertThat(isRead("SELECT calls_writer(1)")).isFalse();
        assertThat(isRead("SELECT calls_unknown(1)")).isFalse();
        assertThat(isRead("SELECT calls_itself(1)")).isFalse();
    }

    @Test
    void declarations_and_languages_can_only_make_it_worse() {
        know(
                new StoredFunction("app", "m", HEAD + "RETURN 1", true, "MODIFIES SQL DATA", "", false),
                new StoredFunction("app", "j", HEAD + "return 1", false, "CONTAINS SQL", "", false),
                new StoredFunction("app", "n", null, true, "NO SQL", "", false),
                new StoredFunction("app", "o", HEAD + "RETURN 1", true, "NO SQL", "PIPES_AS_CONCAT,ORACLE", false),
                new StoredFunction("app", "r", HEAD + "RETURN 1", true, "NO SQL", "", true),
                new StoredFunction("app", "q", HEAD + "RETURN \"a\"(1)", true, "NO SQL", "ANSI_QUOTES", false),
                new StoredFunction("app", "d", HEAD + "BEGIN DELETE FROM t; RETURN 1; END", true, "NO SQL", "", false));
        for (String name : List.of("m", "j", "n", "o", "r", "q", "d")) {
            assertThat(isRead("SELECT " + name + "()")).as(name).isFalse();
        }
    }

    @Test
    void a_change_makes_all_unknown_until_the_servers_were_read_after_it() {
        know(function("app", "f", "RETURN 1"));
        List<String> readings = new ArrayList<>();
        catalogue.onChange(() -> readings.add("now"));
        long before = catalogue.changes();
        catalogue.changed();
        assertThat(readings).hasSize(1);
        assertThat(isRead("SELECT f()")).isFalse();
        catalogue.learn(before, VERSION, functions, Set.of(), Set.of());
        assertThat(isRead("SELECT f()")).as("read before the change").isFalse();
        learn();
        assertThat(isRead("SELECT f()")).isTrue();
    }

    @Test
    void who_breaks_the_promise_is_trusted_no_more_until_it_is_another_one() {
        know(function("app", "f", "RETURN 1"), function("app", "g", "RETURN 1"), function("app", "h", "RETURN f()"));
        catalogue.distrust(judge("SELECT f()", "app"), "app");
        learn();
        assertThat(isRead("SELECT f()")).isFalse();
        assertThat(isRead("SELECT h()")).isFalse();
        assertThat(isRead("SELECT g()")).isTrue();
        functions.set(0, function("app", "f", "RETURN 2"));
        learn();
        assertThat(isRead("SELECT f()")).isTrue();
    }

    @Test
    void says_why_a_function_is_trusted_or_not() {
        know(function("app", "f", "RETURN 1"), function("app", "w", "BEGIN DELETE FROM t; RETURN 1; END"));
        assertThat(catalogue.explain(classify("SELECT f(), w(), x.y()"), "app"))
                .containsEntry("f", "only reads")
                .containsEntry("w", "not trusted: its body: DELETE")
                .containsEntry("x.y", "not trusted: no such function is known");
    }
}
