// SPDX-License-Identifier: Apache-2.0
package io.sluice.drill.report;

import java.io.PrintWriter;
import java.util.Locale;

/** What a person reads. */
public final class TextReport {
    private final PrintWriter out;

    public TextReport(PrintWriter out) {
        this.out = out;
    }

    public void write(Findings found) {
        for (Findings.Outcome outcome : found.acts()) {
            Act act = outcome.act();
            out.println();
            out.println(act.kind() + ", " + act.from() + " -> " + act.to());
            item(
                    "no writes for (RTO)",
                    outcome.pauseMillis() + " ms" + (outcome.resumed() ? "" : ", and did not go on"));
            outcome.promotedToWriteMillis().ifPresent(ms -> item("promotion to first write", ms + " ms"));
            item("errors", Integer.toString(outcome.errors()));
        }
        out.println();
        out.println("all in all, in " + seconds(found.lastedNanos()) + " s: " + found.writers() + " writers, "
                + found.readers() + " readers");
        item("writes acknowledged", Integer.toString(found.written()));
        item("  lost", Integer.toString(found.lost()));
        item("  written twice", Integer.toString(found.doubled()));
        if (found.died() > 0) {
            item("  died with the old source", found.died() + " (on no replica yet: replication is asynchronous)");
        }
        item("reads of own writes", found.readBacks() + ", of these stale: " + found.stale());
        item("other reads", Integer.toString(found.reads()));
        item("connections of clients lost", Integer.toString(found.lostConnections()));
        item("errors", found.errors().isEmpty() ? "none" : Integer.toString(found.errorCount()));
        found.errors().forEach((code, errors) -> item("  " + code(code), errors.count() + " x " + errors.message()));
        out.println();
        out.println(verdict(found));
        out.flush();
    }

    static String verdict(Findings found) {
        if (found.held()) {
            return "Held: nothing lost, doubled or stale, and writes came back.";
        }
        StringBuilder text = new StringBuilder("NOT HELD:");
        say(text, found.lost(), " acknowledged writes lost");
        say(text, found.doubled(), " rows written twice");
        say(text, found.stale(), " stale reads");
        say(
                text,
                found.acts().stream().filter(outcome -> !outcome.resumed()).count(),
                " times writes did not come back");
        return text + ".";
    }

    private static void say(StringBuilder text, long count, String what) {
        if (count > 0) {
            text.append(text.charAt(text.length() - 1) == ':' ? " " : ", ")
                    .append(count)
                    .append(what);
        }
    }

    static String code(int code) {
        return code < 0 ? "of the driver" : "error " + code;
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1f", nanos / 1e9);
    }

    private void item(String label, String text) {
        out.printf(Locale.ROOT, "  %-30s %s%n", label, text);
    }
}
