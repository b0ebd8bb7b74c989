// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.drill.load.Call;
import io.sluice.drill.load.Call.Kind;
import io.sluice.drill.load.Recording;
import io.sluice.drill.load.Row;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

/** Of a source that is killed after two seconds and replaced after three, in a load of five. */
class FindingsTest {
    private static final long MILLI = 1_000_000;

    private final List<Call> calls = new ArrayList<>();
    private final Map<Row, Integer> there = new HashMap<>();
    private final Set<Row> had = Set.of(new Row(1, 1));

    FindingsTest() {
        write(1, 1000);
        write(2, 1990);
        write(3, 3040);
        write(4, 4900);
        there.putAll(Map.of(new Row(1, 1), 1, new Row(1, 2), 1, new Row(1, 3), 1, new Row(1, 4), 1));
    }

    @Test
    void the_pause_is_from_the_last_good_write_to_the_first() {
        Findings.Outcome outcome = found().acts().get(0);
        assertThat(outcome.pauseMillis()).as("not the longer one later").isEqualTo(1050);
        assertThat(outcome.promotedToWriteMillis()).hasValue(40);
        assertThat(outcome.resumed()).isTrue();
        assertThat(found().held()).isTrue();
    }

    @Test
    void what_the_promoted_replica_never_had_died_and_all_else_that_is_missing_is_lost() {
        there.remove(new Row(1, 2));
        assertThat(found().died()).isEqualTo(1);
        assertThat(found().lost()).isZero();
        there.remove(new Row(1, 1));
        there.remove(new Row(1, 4));
        assertThat(found().lost()).isEqualTo(2);
        assertThat(found().held()).isFalse();
    }

    @Test
    void a_read_that_misses_its_own_row_is_stale_unless_that_died() {
        there.remove(new Row(1, 2));
        readBack(2, 1995);
        assertThat(found().stale()).isZero();
        readBack(3, 3050);
        assertThat(found().stale()).isEqualTo(1);
        assertThat(found().held()).isFalse();
    }

    @Test
    void rows_that_are_there_twice_are_told() {
        there.put(new Row(1, 3), 2);
        assertThat(found().doubled()).isEqualTo(1);
        assertThat(text(found())).contains("NOT HELD: 1 rows written twice.");
    }

    @Test
    void writes_that_do_not_come_back_are_told() {
        calls.removeIf(call -> call.endedNanos() > 2000 * MILLI);
        Findings.Outcome outcome = found().acts().get(0);
        assertThat(outcome.resumed()).isFalse();
        assertThat(outcome.pauseMillis()).isEqualTo(3010);
        assertThat(text(found())).contains("3010 ms, and did not go on", "1 times writes did not come back");
    }

    @Test
    void errors_are_counted_by_code_with_the_first_message() {
        fail(9501, "unknown <why> & how", 2010);
        fail(9501, "again", 2011);
        Findings found = found();
        assertThat(found.errors()).containsExactly(Map.entry(9501, new Findings.Errors(2, "unknown <why> & how")));
        assertThat(found.acts().get(0).errors()).isEqualTo(2);
        assertThat(found.held()).as("errors are no loss").isTrue();
        assertThat(text(found)).contains("error 9501", "2 x unknown <why> & how");
    }

    @Test
    void the_picture_is_xml_with_a_title_and_a_description() throws Exception {
        fail(9501, "x", 2010);
        byte[] svg = SvgReport.of(found()).getBytes(StandardCharsets.UTF_8);
        var root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg))
                .getDocumentElement();
        assertThat(root.getElementsByTagName("title").item(0).getTextContent()).isEqualTo("Failover drill: A & <B>");
        assertThat(root.getElementsByTagName("desc").item(0).getTextContent())
                .startsWith("failover at 2.0 s: no writes for 1050 ms, 1 errors. Held");
    }

    @Test
    void the_json_has_all_figures() throws Exception {
        StringWriter out = new StringWriter();
        JsonReport.write(found(), out);
        assertThat(out.toString().replaceAll("\\s", ""))
                .contains(
                        "\"held\":true",
                        "\"rto_ms\":1050",
                        "\"promotion_to_first_write_ms\":40",
                        "\"lost_writes\":0",
                        "\"doubled_writes\":0",
                        "\"stale_reads\":0");
    }

    private Findings found() {
        Act act = new Act(Act.Kind.FAILOVER, "a:1", "b:2", 2000 * MILLI, 3000 * MILLI, 3010 * MILLI, had);
        return Findings.of("A & <B>", new Recording(1, 0, 0, 5000 * MILLI, calls, 0), there, List.of(act));
    }

    private void write(int n, long millis) {
        add(Kind.WRITE, n, millis, 0, "", false);
    }

    private void readBack(int n, long millis) {
        add(Kind.READ_BACK, n, millis, 0, "", true);
    }

    private void fail(int error, String message, long millis) {
        add(Kind.WRITE, 99, millis, error, message, false);
    }

    private void add(Kind kind, int n, long millis, int error, String message, boolean missed) {
        calls.add(new Call(kind, new Row(1, n), (millis - 1) * MILLI, millis * MILLI, error, message, missed));
    }

    private static String text(Findings found) {
        StringWriter out = new StringWriter();
        new TextReport(new PrintWriter(out)).write(found);
        return out.toString();
    }
}
